/**
 * A byte string: a `Uint8Array`, or a string with one character up to U+00FF for each byte, which
 * is how `fetch` and Node hand over header values. The byte 0xE9 is `"\u00e9"`, and a text in
 * UTF-8 is its bytes: `new TextEncoder().encode(text)`. A character over U+00FF is a `TypeError`.
 */
export type ByteString = string | Uint8Array;

/** A policy document: JSON, as text or as the bytes of the file. */
export type PolicyDocument = string | Uint8Array;

/** What a host brings to a policy. */
export interface Environment {
  /** The kind of host that the policy is to run on: it says where client addresses come from. */
  readonly host: "cloudflare" | "envoy";
  /**
   * The variables that the policy names, secrets for the most part. Strings are taken as UTF-8.
   * One that is absent or `undefined` is not set.
   */
  readonly variables: { readonly [name: string]: string | Uint8Array | undefined };
}

/** A header: its name in any case, and its value. No pseudo-headers. */
export type Header = readonly [name: ByteString, value: ByteString];

/** A request as a host received it, before anybody normalised anything. */
export interface Request {
  readonly method: ByteString;
  /** What stood on the request line, such as `/a/%2e%2e/b?c`; `null` for none. */
  readonly target: ByteString | null;
  readonly scheme: ByteString;
  /** The host that was asked for, with its port where one was named; `null` for none. */
  readonly authority: ByteString | null;
  /** All headers in their order, duplicates included. */
  readonly headers: Iterable<Header>;
  /** Trailers, where there are any. */
  readonly trailers?: Iterable<Header>;
  /**
   * The address of the connection's other end, with or without a port; `null` where it is not
   * known. Whose address counts is for the policy's `client_address` to say.
   */
  readonly peer: ByteString | null;
}

/** A change to a header map. Names count in any case. */
export type Edit =
  /** Remove every header of this name: one character a byte, as in {@link ByteString}. */
  | { readonly op: "remove"; readonly name: string }
  /** Set, never append: it replaces every value that was there. */
  | { readonly op: "set"; readonly name: string; readonly value: string };

/** What a client is answered in place of the origin's answer. */
export interface Answer {
  /** 400 to 599. */
  readonly status: number;
  /** In their order; a host adds `date` and `content-length`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface Audited {
  /**
   * The audit event: one line of JSON in printable ASCII, as every host writes it, which
   * `JSON.parse` makes an {@link AuditEvent} of. `null` where none is written.
   */
  readonly audit: string | null;
  /** The events of rules in shadow mode, which had no effect. */
  readonly shadow: readonly string[];
}

/** No rule covers the request: forward it, the very target that was judged. */
export interface Pass extends Audited {
  readonly decision: "pass";
  readonly edits: readonly Edit[];
  readonly trailerEdits: readonly Edit[];
}

/** The credentials are good, or the policy says that the request is public: forward it, the very target that was judged. */
export interface Allow extends Audited {
  readonly decision: "allow";
  /** The id of the rule; with several, of the first. */
  readonly rule: string | null;
  /** The name of the caller; `null` where the request is public, or a development policy lets anyone in. */
  readonly caller: string | null;
  readonly edits: readonly Edit[];
  readonly trailerEdits: readonly Edit[];
}

/** Answer the request, and forward nothing of it. */
export interface Deny extends Audited {
  readonly decision: "deny";
  /** Why. Not for the client. */
  readonly reason: Reason;
  /** The id of the rule that denied; `null` where it was none. */
  readonly rule: string | null;
  readonly answer: Answer;
}

/** What becomes of a request. */
export type Decision = Allow | Deny | Pass;

/** A fault of a policy document. */
export interface Fault {
  /** Where: a JSON path such as `rules[0].paths[1]`, empty for the document itself. */
  readonly path: string;
  /** What was found there. Never a secret. */
  readonly found: string;
  /** What was expected. */
  readonly expected: string;
  /** All of it in one line. */
  readonly message: string;
}

/** A policy was refused. */
export class PolicyError extends Error {
  private constructor();
  readonly name: "PolicyError";
  readonly faults: readonly Fault[];
}

/**
 * The faults of a policy: none means that it would take effect in this environment. Without an
 * environment it is checked as on an Envoy where no variable is set, and every secret that it
 * needs is a fault.
 */
export function check(policy: PolicyDocument, environment?: Environment): Fault[];

/**
 * The names of the variables that a policy reads, each once.
 * @throws {PolicyError} It is no JSON.
 */
export function variables(policy: PolicyDocument): string[];

/** A variable that a policy reads, and what it holds. */
export interface Need {
  readonly name: string;
  /**
   * `secret`: a secret. `keys`: a key or a set of keys as JSON (RFC 7517). `pem`: a public key in
   * PEM. `environment`: the word `development`, where a development policy is to take effect.
   */
  readonly holds: "environment" | "keys" | "pem" | "secret";
}

/**
 * The variables that a policy reads, each once, with what each holds.
 * @throws {PolicyError} It is no JSON.
 */
export function needs(policy: PolicyDocument): Need[];

/** The request of a line for curl. Texts are Unicode; what goes on the wire is their UTF-8. */
export interface CurlRequest {
  readonly method: string;
  readonly target: string | null;
  readonly authority: string | null;
  /** Names are in lower case. In a value, `$NAME` is a variable that the shell would replace. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** A user, a colon and a password, not encoded yet: curl sends them as `Authorization: Basic`. */
  readonly basic: string | null;
  /** How the line was understood. */
  readonly notes: readonly string[];
}

/**
 * The request that a line for curl makes, read as a shell and curl would. Nothing is run or sent.
 * @throws {Error} It is no such line, or it does what can't be followed here.
 */
export function readCurl(line: string): CurlRequest;

/**
 * What becomes of one request. For more than one, make a {@link Policy} once.
 * @param now The time of the decision: a `Date`, or milliseconds since 1970.
 * @throws {PolicyError} The policy has faults.
 */
export function decide(
  policy: PolicyDocument,
  request: Request,
  environment: Environment,
  now: Date | number,
): Decision;

/** A policy that was checked once, for many requests. */
export class Policy {
  /** @throws {PolicyError} The policy has faults. */
  constructor(policy: PolicyDocument, environment: Environment);
  /**
   * What becomes of a request.
   * @param now The time of the decision: a `Date`, or milliseconds since 1970.
   */
  decide(request: Request, now: Date | number): Decision;
  /**
   * The same decision, and the steps that lead to it. For people: what is in it may be told to
   * whoever may read the policy, and to no client.
   * @param now The time of the decision: a `Date`, or milliseconds since 1970.
   */
  explain(request: Request, now: Date | number): Explanation;
  /** The policy's name. */
  readonly name: string;
  /** The first 12 hexadecimal digits of the document's SHA-256. */
  readonly version: string;
  /** What an operator must be told when the policy takes effect, such as absent secrets. */
  readonly notices: string[];
  /** Gives its memory back and wipes its secrets at once; else the garbage collector does. */
  free(): void;
}

/** The steps of a decision. Paths, methods and hosts are a character for each byte. */
export interface Explanation {
  /** The other end of the connection. */
  readonly peer: string | null;
  /** The client's address from the policy's source, `null` if it is unknown. */
  readonly client: string | null;
  /** `true` if rules name this host; for any other, every rule applies. */
  readonly knownHost: boolean;
  /** A header that names another host than the request's own: every rule applies. */
  readonly otherHost: { readonly header: string; readonly host: string } | null;
  /** Why it is refused whatever its path, if it is. */
  readonly refusedEverywhere: Reason | null;
  /** The ways in which origins could read the target, each with the rules that it chooses. */
  readonly readings: readonly Reading[];
  /** A header names a handler that is not public: every rule is chosen. */
  readonly namesHandler: boolean;
  /** It runs a handler that its path does not name. `public` alternatives don't open that. */
  readonly unclear: boolean;
  /** Something that it could be is covered by no rule. `public` alternatives don't open that. */
  readonly uncovered: boolean;
  /** Methods that the query names, each judged too. */
  readonly methods: readonly string[];
  /** What all readings choose together. */
  readonly chosen: "ambiguous" | "nothing" | "rules" | "too_complex";
  /** The ids of the chosen rules. */
  readonly chosenRules: readonly string[];
  /** Each chosen rule, with the result of each part. */
  readonly rules: readonly RuleSteps[];
  /** The reason for a denial in words. */
  readonly meaning: string | null;
  readonly decision: Decision;
}

/** One reading of a target. */
export interface Reading {
  readonly path: string;
  /** `true` if an origin takes it from the query. */
  readonly fromQuery: boolean;
  /** Further paths of the same handler. */
  readonly aliases: readonly string[];
  /** The ids of the rules that it chooses. */
  readonly rules: readonly string[];
  /** Those at origins that ignore case and a trailing slash, if they are others. */
  readonly folded: readonly string[] | null;
  /** Those at origins that take an empty segment for a parameter, if they are others. */
  readonly filled: readonly string[] | null;
}

/** A chosen rule. */
export interface RuleSteps {
  readonly id: string;
  /** Where it reads credentials: names of headers, with the scheme if there is one. */
  readonly carriers: readonly string[];
  readonly alternatives: readonly AlternativeSteps[];
}

/** An alternative of a rule: every part must hold. */
export interface AlternativeSteps {
  readonly holds: boolean;
  /** The methods that it names, `null` for all. */
  readonly methods: readonly string[] | null;
  readonly methodHolds: boolean;
  /** `null` for everybody. */
  readonly caller: string | null;
  readonly public: boolean;
  /** The place of its network among the document's, and why the client is not in it. */
  readonly network: { readonly place: number; readonly reason: Reason | null } | null;
  readonly credentialHolds: boolean;
  /** Why no credential shows the caller. */
  readonly credentialReason: Reason | null;
  /** The result for each kind of credential that the caller may send. One is enough. */
  readonly credentials: readonly CredentialSteps[];
}

/** One kind of credential of a caller. */
export interface CredentialSteps {
  readonly kind: "token" | "jwt" | "mtls";
  /** Empty for a certificate. */
  readonly carrier: string;
  /** The address from which hosts fetch the keys. */
  readonly keysAt: string | null;
  /** The checks of a signed token that passed. */
  readonly held: readonly string[];
  /** The check that failed. */
  readonly failed: string | null;
  /** The claim that failed; its name is empty if none could be read. */
  readonly claim: { readonly name: string; readonly found: string; readonly expected: string } | null;
  readonly key: string | null;
  readonly keyState: "active" | "ending" | "expiring" | "old" | null;
  /** Why it shows no caller. */
  readonly reason: Reason | null;
}

/** The reason for a denial. The order is the precedence. */
export type Reason =
  | "path_missing"
  | "connect_refused"
  | "upgrade_refused"
  | "malformed_method"
  | "malformed_authority"
  | "path_ambiguous"
  | "path_too_complex"
  | "unmatched"
  | "handler_unclear"
  | "nobody_allowed"
  | "method_not_allowed"
  | "method_override_not_allowed"
  | "address_unknown"
  | "network_not_allowed"
  | "credential_missing"
  | "credential_in_query"
  | "credential_wrong_header"
  | "credential_duplicate"
  | "credential_empty"
  | "credential_list"
  | "credential_malformed"
  | "credential_wrong_scheme"
  | "credential_too_long"
  | "jwt_malformed"
  | "credential_unknown"
  | "clock_unset"
  | "key_revoked"
  | "key_not_yet_valid"
  | "key_expired"
  | "jwt_header_refused"
  | "jwt_algorithm_not_allowed"
  | "jwks_unreachable"
  | "jwks_timeout"
  | "jwks_status"
  | "jwks_too_large"
  | "jwks_malformed"
  | "jwks_duplicate_key"
  | "jwks_private_key"
  | "jwks_no_key"
  | "jwt_key_unknown"
  | "jwt_signature_invalid"
  | "jwt_claims_malformed"
  | "jwt_issuer_wrong"
  | "jwt_audience_wrong"
  | "jwt_expired"
  | "jwt_not_yet_valid"
  | "jwt_lifetime_wrong"
  | "jwt_subject_not_allowed"
  | "jwt_scope_missing"
  | "jwt_claim_wrong"
  | "certificate_missing"
  | "certificate_invalid"
  | "certificate_revoked"
  | "certificate_unknown"
  | "caller_not_configured"
  | "caller_not_allowed"
  | "callers_disagree"
  | "identity_malformed"
  | "throttled"
  | "rate_limited"
  | "not_configured"
  | "internal_error"
  | "server_error_replaced";

/** An audit event, in the names of OpenTelemetry and the Elastic Common Schema. */
export interface AuditEvent {
  /** when it was decided, in UTC */
  readonly "@timestamp": string;
  /** the Elastic Common Schema that the names are of */
  readonly "ecs.version": "8.17.0";
  /** `alert`: a limit of the policy was reached just now */
  readonly "event.kind": "event" | "alert";
  /** always the same */
  readonly "event.category": readonly ["api"];
  /** what happened, in the words of ECS */
  readonly "event.type": readonly ["access", "allowed"] | readonly ["access", "denied"] | readonly ["access", "error"];
  /** always the same: a line of the gate's */
  readonly "event.action": "wicketgate.decision";
  /** of the request */
  readonly "event.outcome": "success" | "failure" | "unknown";
  /** why, for a person */
  readonly "event.reason"?: string;
  /** why, as a code: docs/reasons.md */
  readonly "error.type"?: Reason;
  /** `error`: allowed, and the body of a server error was replaced on its way out */
  readonly "wicketgate.decision": "allow" | "deny" | "error";
  /** `shadow`: what a rule without effect would have decided */
  readonly "wicketgate.mode": "enforce" | "shadow" | "development";
  /** the rule that decided */
  readonly "rule.id"?: string;
  /** the policy's name */
  readonly "rule.ruleset": string;
  /** the digest of the policy */
  readonly "rule.version": string;
  /** as the client sent it */
  readonly "http.request.method": string;
  /** as the client sent it */
  readonly "url.scheme": string;
  /** as the client sent it, without a query, cut */
  readonly "url.path": string;
  /** the host that the client asked for */
  readonly "server.address"?: string;
  /** what the gate answered, or the origin */
  readonly "http.response.status_code"?: number;
  /** the host's id of the request */
  readonly "http.request.id"?: string;
  /** of a `traceparent` */
  readonly "trace.id"?: string;
  /** the client, from the source that the policy names */
  readonly "client.address"?: string;
  /** the other end of the connection */
  readonly "network.peer.address"?: string;
  /** the verified caller, or the subject of its signed token */
  readonly "user.id"?: string;
  /** the verified caller, where `user.id` is a subject */
  readonly "wicketgate.caller"?: string;
  /** of the credential */
  readonly "wicketgate.credential.kind"?: "token" | "jwt" | "mtls";
  /** the key that it matched */
  readonly "wicketgate.credential.key_id"?: string;
  /** of the key */
  readonly "wicketgate.credential.state"?: "active" | "ending" | "expiring" | "old";
  /** what was counted by, where a limit is reached */
  readonly "wicketgate.abuse.bucket"?: "client" | "key" | "calls";
  /** how many there were within the window */
  readonly "wicketgate.abuse.count"?: number;
  /** the identity that a verified caller passes on */
  readonly "wicketgate.on_behalf_of"?: string;
  /** the key that was named or matched, where it is counted by */
  readonly "wicketgate.abuse.key_id"?: string;
  /** the header in which the credential came, with its scheme: `authorization: Bearer` */
  readonly "wicketgate.credential.carrier"?: string;
  /** the scopes of a signed token, cut */
  readonly "wicketgate.credential.scope"?: string;
  /** as the client sent it, cut */
  readonly "user_agent.original"?: string;
  /** the kind of host */
  readonly "wicketgate.host": "envoy" | "cloudflare";
  /** the version of the gate */
  readonly "wicketgate.version": string;
}

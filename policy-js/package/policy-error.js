/** A policy was refused: `faults` says for what. */
export class PolicyError extends Error {
  /**
   * @param {string} message
   * @param {ReadonlyArray<import("./index.d.ts").Fault>} faults
   */
  constructor(message, faults) {
    super(message);
    this.name = "PolicyError";
    this.faults = faults;
  }
}

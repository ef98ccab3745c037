//! Asks for a group with everything that its rules can tell apart.

use std::collections::BTreeSet;

use wicketgate_policy::Time;
use wicketgate_policy::explain::Choosing;

use super::groups::Group;
use super::{Search, choosing, chosen};
use crate::diff::classes::{Key, OTHER, Of, Place};
use crate::diff::clients::Client;
use crate::diff::conditions::{AND, Interval, NONE};
use crate::diff::credentials::Credential;
use crate::diff::seen::Seen;
use crate::diff::shot::{Line, Shot};
use crate::diff::side::Rule;

/// The most requests that are made for one group.
const MOST: usize = 4_000;

/// Methods, of which one that no rule names stands for all such.
const METHODS: [&str; 9] =
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PURGE", "BREW"];

/// What the rules of a group can tell apart beside its target.
pub(in crate::diff) struct Room {
    /// Each with its name among the values of the dimension.
    pub(in crate::diff) methods: Vec<(String, String)>,
    pub(in crate::diff) clients: Vec<Client>,
    pub(in crate::diff) times: Vec<(Option<Interval>, Time)>,
    pub(in crate::diff) credentials: Vec<Vec<Credential>>,
    pub(in crate::diff) headers: Vec<Line>,
}

impl<'s> Search<'s> {
    /// Asks for a request of a group, and gathers what differs.
    pub(super) fn judge(&mut self, group: &Group<'_>) {
        let Group { choosing: [before, after], shot, hosts } = group;
        let ids = [before, after].map(|choosing| {
            let mut ids = chosen(&choosing.chosen);
            ids.extend(choosing.by_path.iter().flat_map(chosen));
            ids
        });
        let rules = [0, 1].map(|at| self.rules(at, &ids));
        let content = |rules: &[&'s Rule]| -> Vec<&'s serde_json::Value> {
            rules.iter().map(|rule| &rule.content).collect()
        };
        let [rules_before, rules_after] = &rules;
        if self.same_base && before == after && content(rules_before) == content(rules_after) {
            return;
        }
        let room = self.room(&rules, shot);
        let mut keys = BTreeSet::new();
        // Further headers are sent where something goes through: with each method, client and time,
        // and each credential alone.
        let mut through = BTreeSet::new();
        for (method_place, method) in &room.methods {
            for client in &room.clients {
                for (interval, now) in &room.times {
                    for set in &room.credentials {
                        // A signed token counts only now.
                        if *now != self.now && set.iter().any(|one| one.signed) {
                            continue;
                        }
                        let mut shot = shot.clone();
                        method.clone_into(&mut shot.method);
                        shot.peer = client.peer;
                        shot.headers.extend(client.line.clone());
                        shot.headers.extend(set.iter().filter_map(|one| one.line.clone()));
                        shot.certificate = set.iter().find_map(|one| one.certificate.clone());
                        shot.now = *now;
                        shot.timed = room.times.len() > 1;
                        let place: Place = [
                            (Of::Method, method_place.clone()),
                            (Of::Client, client.place.clone()),
                            (Of::Credential, label(set)),
                            (Of::Time, time_place(*interval)),
                            (Of::Header, String::new()),
                        ];
                        let seen = self.ask([before, after], &shot, &place, &mut keys);
                        if room.headers.is_empty() || !seen.iter().any(Seen::is_through) {
                            continue;
                        }
                        let alone = (set.len() < 2).then(|| label(set));
                        let [one, other] =
                            seen.map(|seen| (seen.is_through(), seen.caller().map(str::to_owned)));
                        if through.insert((one, other, alone, method, &client.place, *now)) {
                            self.with_headers(&room.headers, &shot, &place, &mut keys);
                        }
                    }
                }
            }
        }
        let tried = room.tried();
        for key in &keys {
            self.classes.hosts(key, hosts);
            for (of, values) in &tried {
                self.classes.tried(key, *of, values);
            }
        }
    }

    /// Asks with each of these headers as well.
    fn with_headers(
        &mut self,
        headers: &[Line],
        shot: &Shot,
        place: &Place,
        keys: &mut BTreeSet<Key>,
    ) {
        for line in headers {
            let mut shot = shot.clone();
            shot.headers.push(line.clone());
            let mut place = place.clone();
            if let Some((_, value)) = place.last_mut() {
                *value = header_place(line);
            }
            // Some stack may read a handler in it.
            let [one, other] = self.sides.map(|side| choosing(side, &shot));
            self.ask([&one, &other], &shot, &place, keys);
        }
    }

    fn room(&mut self, rules: &[Vec<&'s Rule>; 2], shot: &Shot) -> Room {
        let [before, after] = rules;
        let both = || before.iter().chain(after);
        let named: BTreeSet<String> = both().flat_map(|rule| rule.methods.clone()).collect();
        let mut methods: Vec<(String, String)> =
            named.iter().map(|method| (method.clone(), method.clone())).collect();
        let other = METHODS.iter().find(|method| !named.contains(**method));
        methods.extend(other.map(|other| (OTHER.to_owned(), (*other).to_owned())));
        if shot.method != "GET" {
            methods = vec![(shot.method.clone(), shot.method.clone())];
        }
        let callers: BTreeSet<&String> = both().flat_map(|rule| &rule.callers).collect();
        let networks: [BTreeSet<&'s str>; 2] = [before, after]
            .map(|rules| rules.iter().flat_map(|r| &r.networks).map(String::as_str).collect());
        let clients = self.clients.of(&networks);
        let times = self.times(&callers);
        let mut credentials = self.credentials(&callers, before.len() != 1 || after.len() != 1);
        let each = methods.len() * clients.len() * times.len();
        if each * credentials.len() > MOST {
            self.cut += 1;
            credentials.truncate((MOST / each.max(1)).max(callers.len() + 2));
        }
        let headers = self.headers(before, after, &callers);
        let room = Room { methods, clients, times, credentials, headers };
        #[cfg(test)]
        let room = {
            let mut room = room;
            (self.leave_out)(&mut room);
            room
        };
        room
    }

    fn ask(
        &mut self,
        choosing: [&Choosing<'_>; 2],
        shot: &Shot,
        place: &Place,
        keys: &mut BTreeSet<Key>,
    ) -> [Seen; 2] {
        self.asked += 1;
        let seen = self.sides.map(|side| Seen::of(&side.policy, shot));
        let [before, after] = &seen;
        if let Some(key) = Key::of(choosing, [before, after]) {
            self.classes.add(key.clone(), shot, [before, after], place);
            keys.insert(key);
        }
        seen
    }
}

impl Room {
    /// The values of each dimension.
    fn tried(&self) -> [(Of, BTreeSet<String>); 5] {
        let headers = self.headers.iter().map(header_place);
        [
            (Of::Method, self.methods.iter().map(|(place, _)| place.clone()).collect()),
            (Of::Client, self.clients.iter().map(|client| client.place.clone()).collect()),
            (Of::Credential, self.credentials.iter().map(|set| label(set)).collect()),
            (Of::Time, self.times.iter().map(|(interval, _)| time_place(*interval)).collect()),
            (Of::Header, headers.chain([String::new()]).collect()),
        ]
    }
}

/// The names of credentials that come together.
fn label(set: &[Credential]) -> String {
    match set {
        [] => NONE.to_owned(),
        set => set.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join(AND),
    }
}

pub(super) fn time_place(interval: Option<Interval>) -> String {
    interval.map(Interval::place).unwrap_or_default()
}

fn header_place(line: &Line) -> String {
    format!("{}: {}", line.name, line.shown)
}

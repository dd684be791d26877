import History

/// No stampede: the origin is not asked for one key more often at a time than allowed.
///
/// **Rule.** At any time at most `limit` loads of a key are in flight, in each instance or in the whole cluster. Loads
/// that touch in one point are not at one time. Loads that failed were in flight too; those that never returned are left
/// out, as nobody can tell how long they were.
///
/// The interval of a load must lie inside of what the cache serialises: a load whose end is recorded after the next one
/// was let in looks like a second one.
///
/// **A pass proves** that the recorded loads kept to the limit. It does not prove that the lock outlives a load slower
/// than any in the history.
///
/// **Complexity.** O(n · limit).
public struct Loads: Check {
    public let name = "loads"

    /// Whose loads are counted together.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        /// Each instance may have its own load in flight.
        case instance
        /// All instances share one.
        case cluster
    }

    /// Whose loads are counted together.
    public var scope: Scope
    /// How many loads of a key may be in flight at a time.
    public var limit: Int
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    public init(scope: Scope = .instance, limit: Int = 1, maximumViolations: Int = 10) {
        self.scope = scope
        self.limit = max(1, limit)
        self.maximumViolations = maximumViolations
    }

    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) {
            $0.kind == .load && $0.end != Operation.never
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        let whose = scope == .instance ? "an instance" : "the cluster"
        let rule = "At most \(limit) load(s) of a key are in flight in \(whose) at a time."
        for key in 0..<groups.keyCount {
            // The loads that end last, of those begun so far; no others can make one too many.
            var inFlight: [Int32: [Int32]] = [:]
            for position in groups[key] {
                let load = operations[Int(position)]
                examined += 1
                let owner = scope == .instance ? load.instance : 0
                var others = inFlight[owner] ?? []
                others.removeAll { operations[Int($0)].end <= load.start }
                if others.count >= limit {
                    let proof = others.map { operations[Int($0)] } + [load]
                    findings.add(rule: rule, proof) { narrator in
                        "\(narrator.key(load)) was being loaded \(others.count) time(s) when this load began."
                    }
                }
                others.append(position)
                if others.count > limit {
                    let first = others.indices.min {
                        operations[Int(others[$0])].end < operations[Int(others[$1])].end
                    }!
                    others.remove(at: first)
                }
                inFlight[owner] = others
            }
        }
        return findings.report(
            check: name, examined: examined, reason: examined == 0 ? "the origin was not asked for any key" : nil)
    }
}

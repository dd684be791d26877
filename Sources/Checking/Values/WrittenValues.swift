import History

/// Values that nobody wrote.
///
/// **Rule.** A read or an inspection returns a value that a write gave to its key, and no other: none with a changed
/// byte, none of another key, none whose write was refused.
///
/// A history says of such an operation that it failed and was refused (``Operation/isRefused``), for its value has no
/// place among the versions of the key. Whoever recorded it has seen that; this check tells it. It is not declared:
/// whatever a history is asked, this is asked too.
///
/// **Complexity.** O(n).
package struct WrittenValues: Check {
    package let name = "values"
    package static let rule = "A read returns a value that a write gave to its key, and no other."

    /// Which operation returned something: several keys that are looked at in one call begin at the same time.
    package struct Place: Hashable, Sendable {
        package let start: Int64
        package let key: String

        package init(start: Int64, key: String) {
            self.start = start
            self.key = key
        }
    }

    /// What was returned, as sentences without full stops; as far as it is known.
    package var told: [Place: String]
    /// How many violations are reported; all are counted.
    package var maximumViolations = 10

    package init(told: [Place: String] = [:]) { self.told = told }

    /// Whether an operation breaks the rule. O(1).
    package static func isBroken(by operation: Operation) -> Bool {
        operation.isRefused && (operation.kind == .read || operation.kind == .inspect)
    }

    /// Judges a history. O(n) for n operations.
    package func examine(_ history: History) -> CheckReport {
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        for operation in history.operations where operation.kind == .read || operation.kind == .inspect {
            if operation.outcome == .ok { examined += 1 }
            guard Self.isBroken(by: operation) else { continue }
            examined += 1
            findings.add(rule: Self.rule, [operation]) { formatter in
                let place = Place(start: operation.start, key: history.keyName(of: operation) ?? "")
                if let sentence = told[place] { return sentence + "." }
                let what =
                    operation.value == 0
                    ? "a value that no write gave it" : "value \(operation.value), which no write gave it"
                return "\(formatter.actor(operation)) found for \(formatter.key(operation)) \(what)."
            }
        }
        return findings.report(check: name, examined: examined)
    }
}

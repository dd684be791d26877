import History

/// Every value comes out as it went in.
///
/// **Rule.** A read, an inspection, a load or a fill of a version has the value with which that version was written, in
/// whatever layer. Values are compared by what stands for them in the history (`Operation.value`): equal numbers are
/// equal bytes. So operations must have both, a version and a value; what has no value (0) is not judged, unless it
/// says that a version is a deletion that was written as a value.
///
/// A version without a known write belongs to one of the writes of its key whose outcome is unknown: then any of their
/// values is right.
///
/// **A pass proves** that what was recorded was served as it was written. It proves nothing of values of which no
/// number was recorded, nor that the writer wrote what it meant to.
///
/// **Complexity.** O(n).
public struct Serialisation: Check {
    /// The name in scenario files and reports: `serialisation`.
    public let name = "serialisation"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int
    /// Describes how two values differ; `nil` if the values are no longer known.
    public var difference: @Sendable (_ written: Int64, _ found: Int64) -> String?

    /// Makes the check; each argument is the property of the same name.
    public init(
        maximumViolations: Int = 10, difference: @escaping @Sendable (Int64, Int64) -> String? = { _, _ in nil }
    ) {
        self.maximumViolations = maximumViolations
        self.difference = difference
    }

    private struct Version: Hashable {
        let key: Int32
        let version: Int64
    }

    /// Judges a history. O(n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        var writes: [Version: Int] = [:]
        // Further writes of a version that has one already.
        var others: [Version: [Int]] = [:]
        // Writes of unknown outcome, by their version, which is 0 if it is unknown.
        var possible: [Version: Set<Int64>] = [:]
        for (index, operation) in operations.enumerated() where operation.isWriting {
            let version = Version(key: operation.key, version: operation.version)
            if operation.outcome == .unknown {
                possible[version, default: []].insert(operation.value)
            } else if operation.outcome == .ok, operation.version > 0 {
                if writes[version] == nil {
                    writes[version] = index
                } else {
                    others[version, default: []].append(index)
                }
            }
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        for operation in operations where operation.isGivenValue {
            let version = Version(key: operation.key, version: operation.version)
            if let index = writes[version] {
                guard operation.value != 0 || operation.isTombstone else { continue }
                let write = operations[index]
                let further = others.isEmpty ? [] : others[version] ?? []
                guard write.value != 0, further.allSatisfy({ operations[$0].value != 0 }) else { continue }
                examined += 1
                if write.value != operation.value, !further.contains(where: { operations[$0].value == operation.value })
                {
                    report(operation, write, &findings)
                }
                continue
            }
            guard operation.value != 0, !possible.isEmpty else { continue }
            let values = (possible[version] ?? []).union(possible[Version(key: operation.key, version: 0)] ?? [])
            guard !values.isEmpty, !values.contains(0) else { continue }
            examined += 1
            if !values.contains(operation.value) { report(operation, noneOf: values, &findings) }
        }
        return findings.report(
            check: name, examined: examined,
            reason: examined == 0 ? "no operation has both a version and a value whose write is known" : nil)
    }

    private static let rule = "A value is served byte for byte as it was written."

    private func report(_ found: Operation, _ write: Operation, _ findings: inout Findings) {
        findings.add(rule: Self.rule, [write, found]) { formatter in
            let difference =
                found.value == 0
                ? "nothing is left of it" : difference(write.value, found.value) ?? "the values are not the same"
            let values =
                "value \(write.value) was written" + (found.value == 0 ? "" : ", and value \(found.value) found")
            return "Version \(found.version) of \(formatter.key(found))\(place(of: found)) is not what was written: "
                + "\(difference) (\(values))."
        }
    }

    private func report(_ found: Operation, noneOf values: Set<Int64>, _ findings: inout Findings) {
        findings.add(rule: Self.rule, [found]) { formatter in
            let written = values.sorted().prefix(5).map(String.init).joined(separator: ", ")
            return
                "Version \(found.version) of \(formatter.key(found))\(place(of: found)) has value \(found.value). "
                + "The writes of "
                + "unknown outcome that may have had this version wrote \(written)\(values.count > 5 ? ", …" : "")."
        }
    }

    private func place(of found: Operation) -> String {
        found.kind == .read || found.kind == .inspect ? " from \(found.layer.name)" : ""
    }
}

extension Operation {
    /// Whether it was given a value of a version by the cache or by the origin.
    fileprivate var isGivenValue: Bool {
        switch kind {
        case .read, .load, .fill, .inspect: outcome == .ok && version > 0 && !isAbsent
        default: false
        }
    }
}

import History

/// No value is seen under a key that it was not written under.
///
/// **Rule.** A read or an inspection that finds a value finds one that was written under its own key, if any write has
/// that value. Values are compared, as versions are counted for each key and say nothing across keys; so the values
/// must be unique in the whole history, and operations without a value (0) are not judged. Keys are full names: the
/// prefix or context of a cache is part of them.
///
/// **A pass proves** that no judged value came from under another key. A value without any write is the business
/// of the checks of linearizability.
///
/// **Complexity.** O(n).
public struct Isolation: Check {
    /// The name in scenario files and reports: `isolation`.
    public let name = "isolation"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    private struct Written: Hashable {
        let key: Int32
        let value: Int64
    }

    /// Judges a history. O(n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        var own: Set<Written> = []
        var firstWrites: [Int64: Operation] = [:]
        var anonymousKeys: Set<Int32> = []
        for operation in history.operations where operation.isWriting && operation.outcome != .failed {
            if operation.value == 0 {
                // It may have written any value.
                if operation.outcome == .unknown { anonymousKeys.insert(operation.key) }
                continue
            }
            own.insert(Written(key: operation.key, value: operation.value))
            if firstWrites[operation.value] == nil { firstWrites[operation.value] = operation }
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        for met in history.operations where met.value != 0 && met.key >= 0 && met.outcome == .ok {
            guard met.kind == .read || (met.kind == .inspect && !met.isAbsent) else { continue }
            guard !anonymousKeys.contains(met.key) else { continue }
            guard let foreign = firstWrites[met.value] else { continue }
            examined += 1
            if own.contains(Written(key: met.key, value: met.value)) { continue }
            findings.add(rule: "No value is seen under a key that it was not written under.", [foreign, met]) {
                formatter in
                "Value \(met.value) was written under \(formatter.key(foreign)) only, "
                    + "and seen under \(formatter.key(met))."
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: examined == 0 ? "no read or inspection found a value that was written" : nil)
    }
}

import History

/// The resources that a cache takes stay within bounds: connections, memory, the sizes of its indices.
///
/// **Rules**, for the operations `gauge`, whose key names a resource and whose value is the amount in use:
/// - no measurement of a resource exceeds its ``limits``;
/// - the last measurement of it in each instance does not exceed its ``finalLimits``: what grows under load must be
///   given back, or it is a leak.
///
/// A bound at which nothing was measured makes the verdict `unknown`.
///
/// **A pass proves** that no recorded measurement was out of bounds. It does not prove anything about the time between
/// two measurements.
///
/// **Complexity.** O(n).
public struct Resources: Check {
    /// The name in scenario files and reports: `resources`.
    public let name = "resources"

    /// The most that a resource may take at any time, by its name, in the unit in which it was measured.
    public var limits: [String: Int64]
    /// The most that it may take in the end.
    public var finalLimits: [String: Int64]
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(limits: [String: Int64], finalLimits: [String: Int64] = [:], maximumViolations: Int = 10) {
        self.limits = limits
        self.finalLimits = finalLimits
        self.maximumViolations = maximumViolations
    }

    private struct Place: Hashable {
        let resource: Int32
        let instance: Int32
    }

    /// Judges a history. O(n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let limitOfKey = history.keys.map { limits[$0] }
        let finalLimitOfKey = history.keys.map { finalLimits[$0] }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var measured: Set<Int32> = []
        // In order of starts. Of those that overlap any may be the last.
        var last: [Place: [Operation]] = [:]
        for gauge in history.operations where gauge.kind == .gauge && gauge.outcome == .ok && gauge.key >= 0 {
            let limit = limitOfKey[Int(gauge.key)]
            guard limit != nil || finalLimitOfKey[Int(gauge.key)] != nil else { continue }
            examined += 1
            measured.insert(gauge.key)
            if finalLimitOfKey[Int(gauge.key)] != nil {
                let place = Place(resource: gauge.key, instance: gauge.instance)
                last[place, default: []].removeAll { $0.end < gauge.start }
                last[place]!.append(gauge)
            }
            if let limit, gauge.value > limit {
                findings.add(rule: "A resource stays within its bound.", [gauge]) {
                    "At most \(limit) of \($0.key(gauge)) are allowed."
                }
            }
        }
        for gauges in last.values {
            guard let gauge = gauges.min(by: { $0.value < $1.value }), let limit = finalLimitOfKey[Int(gauge.key)],
                gauge.value > limit
            else { continue }
            findings.add(rule: "A resource is given back in the end.", [gauge]) {
                "At most \(limit) of \($0.key(gauge)) may be left by the last measurement, which this is."
            }
        }
        let names = Set(measured.map { history.keys[Int($0)] })
        let missing = Set(limits.keys).union(finalLimits.keys).subtracting(names).sorted()
        let reason = missing.isEmpty ? nil : "nothing was measured of \(missing.joined(separator: ", "))"
        return findings.report(check: name, examined: examined, reason: reason)
    }
}

extension ScenarioDecoder {
    /// The keys and the values of all data sets together, in the variant that has most of them.
    func checkAmounts(_ data: Value?) {
        // Parts with errors were reported, and are in no amount.
        guard let data, context.diagnostics.isEmpty else { return }
        let largest = scenario.largestVariant
        let limits = context.limits
        let variant = scenario.variation.keys == nil ? "" : " in a variant"
        if largest.keyCount > limits.keys {
            data.report(
                found: "\(largest.keyCount) keys in all\(variant)",
                expected: limits.atMost("\(limits.keys)", or: "\(ScenarioLimits.large.keys)"))
        } else if largest.dataSize > limits.dataSize {
            data.report(
                found: "values of \(largest.dataSize >> 20) MiB in all\(variant)",
                expected: limits.atMost(
                    "\(limits.dataSize >> 20) MiB", or: "\(ScenarioLimits.large.dataSize >> 20) MiB"))
        }
    }
}

/// Counts the operations of phases, in the variant that has most of them.
struct PhaseAmount {
    private let scenario: Scenario
    private let context: DecodingContext
    private var operations = 0
    private var isTold = false

    /// - Parameter scenario: with its cluster, its data and what varies.
    init(_ scenario: Scenario, _ context: DecodingContext) {
        self.scenario = scenario.largestVariant
        self.context = context
    }

    /// Counts a phase, and reports the first that makes too many.
    mutating func add(_ action: Phase.Action, at place: Value) {
        guard !isTold, context.diagnostics.isEmpty else { return }
        let limits = context.limits
        let tenants = max(1, scenario.cluster.tenants.count)
        let own = scenario.operationCount(of: action).multipliedSaturated(by: tenants)
        operations = operations.addingSaturated(own)
        guard operations > limits.operations else { return }
        isTold = true
        let variant = scenario.isLargeByVariation ? ", in a variant" : ""
        place.report(
            found: "\(own) operations, which makes \(operations) in all\(variant)",
            expected: limits.atMost("\(limits.operations) in all", or: "\(ScenarioLimits.large.operations)"))
    }
}

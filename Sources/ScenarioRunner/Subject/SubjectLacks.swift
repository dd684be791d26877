import History
import Judging
import Scenarios

/// The cache under test does not offer what the scenario requires, which is therefore not run.
package struct SubjectLacks: Error, CustomStringConvertible {
    /// What is lacking, as a sentence without its full stop.
    package let reason: String

    package var description: String { reason }

    /// Compares what a scenario requires with what a cache offers.
    ///
    /// All that is lacking is told at once: an author who adds one method learns of the next one before the next run.
    /// - Returns: `nil` if the cache offers all of it.
    init?(_ scenario: Scenario, _ subject: SubjectRecord) {
        let lacking = scenario.requirements.filter {
            !$0.isMet(operations: subject.operations, layers: subject.layers, promise: subject.promise)
        }
        guard !lacking.isEmpty else { return nil }
        let parts = lacking.map { requirement in
            switch requirement {
            case .operation(let word): "offers no \(word)"
            case .layer(let layer): "shows no layer \(layer.name)"
            case .promise(let word): "promises \(subject.promise ?? "nothing") and not \(word)"
            }
        }
        reason = "the subject \(subject.title.printable) \(parts.joined(separator: ", ")), which the scenario requires"
    }
}

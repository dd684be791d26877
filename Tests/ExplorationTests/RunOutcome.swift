import History
import Judging

@testable import Exploration
@testable import ScenarioRunner

/// What a run came to, as far as a check can tell: equal for schedules that differ in the order of independent steps only.
struct RunOutcome: Hashable, CustomStringConvertible {
    let description: String

    init(_ record: RunRecord) {
        let operations = record.history.operations
        let clients = operations.filter { $0.worker >= 0 && $0.instance >= 0 && $0.kind.isOfClient }
            .sorted { ($0.worker, $0.start) < ($1.worker, $1.start) }
        var lines = clients.map {
            "\($0.worker) \($0.kind) \($0.key) version \($0.version) from \($0.layer) \($0.outcome) \($0.scope)"
        }
        for (number, operation) in clients.enumerated() {
            let earlier = clients.indices.filter { clients[$0].end < operation.start }
            lines.append("\(number) began after the end of \(earlier)")
        }
        lines += operations.filter { $0.kind == .inspect }.map {
            "\($0.layer) of \($0.instance) holds \($0.key): \($0.isAbsent ? "nothing" : "version \($0.version)")"
        }.sorted()
        description = lines.joined(separator: "\n")
    }
}

extension Operation.Kind {
    fileprivate var isOfClient: Bool {
        switch self {
        case .read, .write, .delete, .invalidate, .invalidateTag: true
        default: false
        }
    }
}

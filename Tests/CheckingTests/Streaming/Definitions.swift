import Checking
import History

/// What sessions and loads must keep to, word by word: every pair of operations is looked at.
enum Definitions {
    static func sessions(_ history: History) -> CheckReport {
        var pairs = 0
        var violations = 0
        var withoutVersions: Set<Int32> = []
        let operations = history.operations.filter {
            [.read, .write, .delete].contains($0.kind) && $0.outcome == .ok && $0.worker >= 0 && $0.key >= 0
        }
        for operation in operations where operation.version == 0 && (operation.value != 0 || operation.kind != .read) {
            withoutVersions.insert(operation.key)
        }
        for (index, later) in operations.enumerated() where !withoutVersions.contains(later.key) {
            for (other, earlier) in operations.enumerated()
            where other != index && earlier.key == later.key && earlier.worker == later.worker {
                guard precedes(earlier, later) else { continue }
                pairs += 1
                let least = earlier.version + (later.kind == .read ? 0 : 1)
                if later.version < least { violations += 1 }
            }
        }
        return CheckReport(
            check: "sessions", examined: pairs, violationCount: violations,
            reason: withoutVersions.isEmpty ? nil : "keys without versions")
    }

    static func loads(_ history: History, limit: Int) -> CheckReport {
        let loads = history.operations.filter { $0.kind == .load && $0.key >= 0 && $0.end != Operation.never }
        let inOrder = loads.sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
        let violations = inOrder.indices.count { index in
            let load = inOrder[index]
            return inOrder[..<index].count {
                $0.key == load.key && $0.instance == load.instance && $0.end > load.start && $0.start < load.end
                    && !areApart($0, load, history)
            } >= limit
        }
        return CheckReport(check: "loads", examined: loads.count, violationCount: violations)
    }

    /// Whether an invalidation may have come after one load began and before the other did.
    private static func areApart(_ first: Operation, _ second: Operation, _ history: History) -> Bool {
        let tags = Set(
            history.operations.filter { $0.kind == .load && $0.key == second.key && $0.start <= second.start }
                .flatMap { history.tags(of: $0) })
        return history.operations.contains { other in
            guard other.outcome != .failed, other.start <= second.start, other.end >= first.start else { return false }
            let isTagged = !tags.isDisjoint(with: history.tags(of: other))
            switch other.kind {
            case .write, .delete, .invalidate: return other.key == second.key
            case .invalidateTag: return isTagged
            case .evict: return other.key < 0
            case .apply:
                return other.instance == second.instance
                    && (other.key == second.key || isTagged || (other.key < 0 && other.tagSet == 0))
            default: return false
            }
        }
    }

    private static func precedes(_ first: Operation, _ second: Operation) -> Bool {
        first.end < second.start
            || (first.end == second.start && !(first.start == first.end && second.start == second.end))
    }
}

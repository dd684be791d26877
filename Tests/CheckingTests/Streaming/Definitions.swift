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
            for earlier in operations[..<index] where earlier.key == later.key && earlier.worker == later.worker {
                guard earlier.end <= later.start else { continue }
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
        let violations = loads.indices.count { index in
            let load = loads[index]
            return loads[..<index].count {
                $0.key == load.key && $0.instance == load.instance && $0.end > load.start
            } >= limit
        }
        return CheckReport(check: "loads", examined: loads.count, violationCount: violations)
    }
}

import History

import class Foundation.FileManager
import struct Foundation.UUID

/// Makes a history as small and as plain as it can be while something still holds of it.
enum HistoryShrinking {
    static func smallest(_ history: History, while holds: (History) -> Bool) -> History {
        var smallest = history
        var goesOn = true
        while goesOn {
            goesOn = false
            for candidate in smaller(smallest) where holds(candidate) {
                smallest = candidate
                goesOn = true
                break
            }
        }
        return smallest
    }

    /// Histories with one operation less, and those with one field of one operation as it is by default.
    private static func smaller(_ history: History) -> [History] {
        let operations = history.operations
        func with(_ changed: [Operation]) -> History {
            History(operations: changed, keys: history.keys, tagSets: history.tagSets)
        }
        var candidates: [History] = []
        for index in operations.indices {
            var fewer = operations
            fewer.remove(at: index)
            candidates.append(with(fewer))
        }
        let plain: [(inout Operation) -> Void] = [
            { $0.outcome = Operation.Outcome.ok }, { $0.worker = -1 }, { if $0.worker == -1 { $0.instance = 0 } },
            { $0.scope = Operation.Scope.none },
            { if $0.kind != .invalidateTag { $0.tagSet = 0 } }, { $0.cause = 0 }, { $0.value = 0 },
            { $0.isTombstone = false }, { $0.isAbsent = false }, { $0.layer = Layer.origin },
            { $0.source = Layer.origin },
            { $0.end = $0.start }, { if $0.key > 0 { $0.key = 0 } },
        ]
        for index in operations.indices {
            for change in plain {
                var changed = operations
                change(&changed[index])
                if changed[index] != operations[index] { candidates.append(with(changed)) }
            }
        }
        return candidates
    }

    static func jsonLines(_ history: History) -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        do {
            try history.write(to: file.path)
            return try String(contentsOf: file, encoding: .utf8)
        } catch {
            return "a history that cannot be written: \(error)"
        }
    }
}

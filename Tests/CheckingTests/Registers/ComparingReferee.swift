import History
import Simulation

import struct History.Operation

/// Judges a few operations on one register by trying all their orders, in the plainest words.
enum ComparingReferee {
    /// Whether there is an order that keeps to real time and in which each operation finds what it says.
    static func hasOrder(_ operations: [Operation]) -> Bool {
        let judged = operations.filter {
            $0.kind == .read ? $0.outcome == .ok : $0.outcome != .failed || $0.isRefused
        }
        return hasOrder(of: judged, from: nil)
    }

    /// - Parameter content: what the register holds; `nil`: nothing.
    private static func hasOrder(of rest: [Operation], from content: Int64?) -> Bool {
        if rest.allSatisfy({ $0.outcome == .unknown }) { return true }
        for (index, operation) in rest.enumerated() {
            let isFirst = rest.allSatisfy { $0.outcome == .unknown || $0.end >= operation.start }
            guard isFirst, let after = after(operation, content) else { continue }
            var others = rest
            others.remove(at: index)
            if hasOrder(of: others, from: after.content) { return true }
        }
        return false
    }

    private struct After {
        var content: Int64?
    }

    private static func after(_ operation: Operation, _ content: Int64?) -> After? {
        let expected = operation.isAbsent ? nil : Optional(operation.expected)
        switch operation.kind {
        case .read: return content == (operation.isAbsent ? nil : operation.value) ? After(content: content) : nil
        case .write: return After(content: operation.value)
        case .delete: return After(content: nil)
        case .compareAndSet where operation.isRefused: return content == expected ? nil : After(content: content)
        case .compareAndSet: return content == expected ? After(content: operation.value) : nil
        default: return nil
        }
    }

    /// Operations of a few clients on one key: what they found is right in most cases, and any of a few values
    /// otherwise.
    static func randomOperations(_ random: inout SeededRandom) -> [Operation] {
        var content: Int64?
        var time: Int64 = 0
        return (0..<Int.random(in: 2...7, using: &random)).map { index in
            time += Int64.random(in: 0...3, using: &random)
            let kinds: [Operation.Kind] = [.read, .read, .write, .compareAndSet, .compareAndSet, .delete]
            let isLucky = Int.random(in: 0..<4, using: &random) > 0
            let guess: Int64? = isLucky ? content : [nil, 0, 1, 2].randomElement(using: &random)!
            let isUncertain = Int.random(in: 0..<5, using: &random) == 0
            var operation = Operation(
                id: Int64(index + 1), kind: kinds.randomElement(using: &random)!, worker: Int32(index), key: 0,
                outcome: isUncertain ? .unknown : .ok, start: time,
                end: isUncertain ? Operation.never : time + Int64.random(in: 0...6, using: &random))
            let new = Int64.random(in: 0...2, using: &random)
            switch operation.kind {
            case .read:
                operation.value = guess ?? 0
                operation.isAbsent = guess == nil
            case .write:
                operation.value = new
                content = new
            case .compareAndSet:
                operation.value = new
                operation.expected = guess ?? 0
                operation.isAbsent = guess == nil
                if !isUncertain && Int.random(in: 0..<3, using: &random) == 0 {
                    operation.outcome = .failed
                    operation.isRefused = Bool.random(using: &random)
                } else if guess == content {
                    content = new
                }
            default: content = nil
            }
            return operation
        }
    }
}

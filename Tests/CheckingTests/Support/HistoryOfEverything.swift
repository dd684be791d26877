import History
import Simulation

/// Random operations of all kinds, as they need not make sense: for properties that hold of any history.
enum HistoryOfEverything {
    static func make(seed: UInt64, keys: Int, operations count: Int) -> History {
        var random = SeededRandom(seed: seed)
        let usesValues = seed % 3 == 0
        let tagSets: [[String]] = [[], ["a"], ["b"], ["a", "b"]]
        var versions = [Int64](repeating: 0, count: keys)
        var operations: [Operation] = []
        for number in 1...count {
            var operation = Operation(
                id: Int64(number), kind: Operation.Kind.allCases.randomElement(using: &random)!, start: 0, end: 0)
            operation.start = Int64(number) * 2 + Int64.random(in: -4...4, using: &random)
            operation.end = operation.start + Int64.random(in: 0...8, using: &random)
            operation.instance = Int32.random(in: 0...1, using: &random)
            operation.worker = operation.instance * 2 + Int32.random(in: 0...1, using: &random)
            operation.layer = Layer.allCases.randomElement(using: &random)!
            operation.source = Layer.allCases.randomElement(using: &random)!
            operation.scope = Operation.Scope.allCases.randomElement(using: &random)!
            let chance = Int.random(in: 0..<12, using: &random)
            operation.outcome = chance == 0 ? .failed : chance == 1 ? .unknown : .ok
            operation.cause = Int64.random(in: 1...Int64(number), using: &random)
            switch operation.kind {
            case .invalidateTag: operation.tagSet = Int32.random(in: 1...2, using: &random)
            case .apply, .publish, .receive: break
            default:
                operation.key = Int32.random(in: 0..<Int32(keys), using: &random)
                operation.tagSet = Int32.random(in: 0...3, using: &random)
                let key = Int(operation.key)
                if operation.kind == .write || operation.kind == .delete { versions[key] += 1 }
                operation.version = max(0, versions[key] - Int64(Int.random(in: 0..<3, using: &random) / 2))
                if operation.kind == .write || operation.kind == .delete { operation.version = versions[key] }
                operation.isAbsent = operation.kind == .inspect && Int.random(in: 0..<3, using: &random) == 0
                if usesValues && operation.version > 0 {
                    operation.value = operation.version * 10 + Int64(key)
                    operation.version = 0
                }
            }
            operations.append(operation)
        }
        return History(operations: operations, keys: (0..<keys).map { "key \($0)" }, tagSets: tagSets)
    }
}

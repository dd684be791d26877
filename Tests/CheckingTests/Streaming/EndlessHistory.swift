import History
import Simulation

/// What fifty clients of a correct cache in three instances record, without end: one operation every ten nanoseconds,
/// which takes its effect as it begins and ends before its client's next one. Some writes have an unknown outcome, a
/// few of those an unknown version; what is written or invalidated is applied by the other instances soon after.
struct EndlessHistory: Sequence, IteratorProtocol {
    static let clients = 50
    static let instances = 3
    static let tagSets: [[String]] = [[], ["a"], ["b"]]

    private let keys: Int
    private var random = SeededRandom(seed: 1)
    private var number: Int64 = 0
    private var versions: [Int64]
    private var applications: [(instance: Int32, cause: Int64)] = []

    init(keys: Int) {
        self.keys = keys
        versions = Array(repeating: 0, count: keys)
    }

    mutating func next() -> Operation? {
        number += 1
        let start = number * 10
        let bits = random.next()
        var operation = Operation(
            id: number, kind: .read, instance: Int32(number % 50 % 3), worker: Int32(number % 50), start: start,
            end: start + 1 + Int64(bits >> 40 % 480))
        if let application = applications.popLast() {
            operation.kind = .apply
            operation.worker = -1
            operation.instance = application.instance
            operation.cause = application.cause
            return operation
        }
        let key = Int(bits % UInt64(keys))
        operation.key = Int32(key)
        operation.tagSet = Int32(key % 3)
        switch bits >> 20 % 100 {
        case 0..<8: write(&operation, key, isUnknown: bits >> 30 % 10 == 0, isNeverLearnt: bits >> 34 % 3 == 0)
        case 8..<10:
            operation.kind = .invalidate
            promise(&operation)
        case 10 where key % 3 > 0:
            operation.kind = .invalidateTag
            operation.key = -1
            promise(&operation)
        case 11: operation.kind = .load
        default: operation.version = versions[key]
        }
        return operation
    }

    private mutating func write(_ operation: inout Operation, _ key: Int, isUnknown: Bool, isNeverLearnt: Bool) {
        versions[key] += 1
        operation.kind = .write
        operation.version = versions[key]
        guard isUnknown else { return promise(&operation) }
        operation.outcome = .unknown
        if isNeverLearnt { operation.version = 0 }
    }

    private mutating func promise(_ operation: inout Operation) {
        operation.scope = .instance
        for instance in 0..<Int32(Self.instances) where instance != operation.instance {
            applications.append((instance, operation.id))
        }
    }
}

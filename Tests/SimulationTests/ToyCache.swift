import Simulation
import Support

/// A cache with the classic fault: a reader that missed stores the loaded value, whatever was written meanwhile.
final class ToyCache: Sendable {
    private let origin = Lock([Int: Int]())
    private let kept = Lock([Int: Int]())

    func read(_ key: Int) async {
        await Simulation.point("look up")
        if kept.withLock({ $0[key] }) != nil { return }
        await Simulation.point("load")
        let value = origin.withLock { $0[key, default: 1] }
        await Simulation.point("fill")
        kept.withLock { $0[key] = value }
    }

    func write(_ key: Int, distractions: Int = 0) async {
        for _ in 0..<distractions { await Simulation.point("think") }
        await Simulation.point("store")
        origin.withLock { $0[key, default: 1] += 1 }
        await Simulation.point("invalidate")
        kept.withLock { $0[key] = nil }
    }

    /// When no task runs, each stored value must equal that of the origin.
    func check() throws {
        let origin = origin.withLock { $0 }
        for (key, value) in kept.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            try Simulation.check(value == origin[key, default: 1], "key \(key): version \(value) is kept for good")
        }
    }
}

/// The operations of a client, in order.
enum CacheOperation: Sendable, Hashable, CustomStringConvertible {
    case read(Int)
    case write(Int)

    var description: String {
        switch self {
        case .read(let key): "read \(key)"
        case .write(let key): "write \(key)"
        }
    }
}

/// Runs several clients of one cache, and then the check.
@Sendable
func useCache(_ clients: [[CacheOperation]], distractions: Int = 0) async throws {
    let cache = ToyCache()
    await withDiscardingTaskGroup { group in
        for (number, operations) in clients.enumerated() {
            group.addTask {
                await Simulation.named("client \(number)") {
                    for operation in operations {
                        switch operation {
                        case .read(let key): await cache.read(key)
                        case .write(let key): await cache.write(key, distractions: distractions)
                        }
                    }
                }
            }
        }
    }
    try cache.check()
}

/// Clients that read at random, and one that writes once.
func randomClients(readers: Int, operations: Int, keys: Int, seed: UInt64) -> [[CacheOperation]] {
    var random = SeededRandom(seed: seed)
    var clients = (0..<readers).map { _ in (0..<operations).map { _ in CacheOperation.read(random.below(keys)) } }
    clients.append([.write(random.below(keys))])
    return clients
}

/// A value that several tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let content: Lock<Value>

    init(_ value: Value) { content = Lock(value) }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result { try content.withLock(body) }
}

/// Lines in the order in which tasks added them.
final class Log: Sendable {
    private let content = Shared<[String]>([])
    var lines: [String] { content.withLock { $0 } }
    func add(_ line: String) { content.withLock { $0.append(line) } }
}

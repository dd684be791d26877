import CacheHierarchy
import Simulation

/// An operation of an instance on the shared tier, or an event that concerns all instances.
enum TierOperation: Sendable, Hashable {
    case join(String)
    case renew(String, lease: Int64)
    case leave(String)
    case read(String)
    /// A look-up of several keys in one call.
    case readMany([String])
    /// The index of the token: 0 is that of the key's latest miss, 1 that of the miss before, and so on.
    case fill(String, Filling)
    /// A fill of several entries in one call. The first filling has the lifetime, and whether floors are ignored.
    case fillMany([String], [Filling])
    case announce(Invalidation)
    case acknowledge(by: String, to: String)
    case inspect([String])
    case logicalTime
    case liveInstances
    /// In milliseconds.
    case pass(Int64)

    struct Filling: Sendable, Hashable {
        var token: Int
        var version: Int64
        var value: [UInt8]?
        var tags: [String]
        /// In milliseconds.
        var lifetime: Int64
        var ignoresFloors: Bool
        /// Whether the entry is current as of the time of the fill instead of its token.
        var isConfirmed: Bool
        /// Whether the entry has a deadline of its own that has passed. The tier uses the lifetime instead.
        var isOld: Bool
    }
}

/// Generates operations. It uses few names, so that operations collide, and times near the limits of leases, write
/// intents, watermarks and lifetimes.
struct TierOperationGenerator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let keys = ["k1", "k2", "k:3"]
    private static let tags = ["t1", "t2", "t 3"]
    private static let instances = ["i1", "i2", "i3"]

    mutating func operations(_ count: Int) -> [TierOperation] { (0..<count).map { _ in operation() } }

    private mutating func chance(_ number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }
    private mutating func one<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }
    private mutating func some(_ elements: [String], atMost most: Int) -> [String] {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in one(elements) }
    }

    private mutating func operation() -> TierOperation {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: .join(one(Self.instances))
        case 4..<10: .renew(one(Self.instances), lease: one([1, 5, 2_000, 10_000]))
        case 10..<12: .leave(one(Self.instances))
        case 12..<36: .read(one(Self.keys))
        case 36..<40: .readMany(some(Self.keys, atMost: 4))
        case 40..<56: .fill(one(Self.keys), filling())
        case 56..<62: fillMany()
        case 62..<76: .announce(invalidation())
        case 76..<80: .acknowledge(by: one(Self.instances), to: one(Self.instances))
        case 80..<86: .inspect(some(Self.keys, atMost: 4))
        case 86..<88: .logicalTime
        case 88..<92: .liveInstances
        default: .pass(one([1, 1, 1, 2, 3, 4, 5, 10, 100, 999, 2_000, 4_999, 5_000, 29_999, 30_000, 30_001, 60_001]))
        }
    }

    private mutating func fillMany() -> TierOperation {
        let keys = some(Self.keys, atMost: 4)
        return .fillMany(keys, keys.map { _ in filling() })
    }

    private mutating func filling() -> TierOperation.Filling {
        TierOperation.Filling(
            token: one([0, 0, 0, 1, 2, 5]), version: Int64.random(in: 0...5, using: &random),
            value: one([nil, [], [1, 2], Array(repeating: 7, count: 100)]),
            // With ten tags or more, the order of their names in Redis differs from the order of their numbers.
            tags: chance(20) ? (1...12).map { "t\($0)" } : some(Self.tags, atMost: 3),
            lifetime: one([1, 2, 5, 1_000, 5_000, 60_000]), ignoresFloors: chance(8), isConfirmed: chance(4),
            isOld: chance(8))
    }

    private mutating func invalidation() -> Invalidation {
        Invalidation(
            action: one([.drop, .drop, .hold("a"), .hold("b"), .release("a"), .release("b")]),
            keys: some(Self.keys, atMost: 3), tags: some(Self.tags, atMost: 2), sender: one(Self.instances),
            wantsAcknowledgement: chance(2))
    }
}

import RedisClient
import SimulatedRedis
import Simulation

/// Generates random invocations of the shared tier's scripts, with logical times near those that the tier gave out.
struct ScriptGenerator {
    private var random: SeededRandom
    private let scripts: [String: RedisScript]
    /// The server's time in microseconds since the beginning of 1970.
    private var time = RealServer.epoch * 1000
    /// The approximate time of the logical clock.
    private var logicalTime = RealServer.epoch * 1000

    init(seed: UInt64, scripts: [ModelScript]) {
        random = SeededRandom(seed: seed)
        self.scripts = Dictionary(uniqueKeysWithValues: scripts.map { ($0.script.name, $0.script) })
    }

    static let prefix = "p"
    private static let names = ["k1", "k2", "k3", "k:4"]
    private static let tags = ["t1", "t2", "t3"]
    private static let instances = ["i1", "i2", "i3"]
    private static let channels = ["p:bus", "p:ack:i1", "p:ack:i2"]

    mutating func steps(_ count: Int) -> [Step] {
        var steps = [
            Step(3, ["SUBSCRIBE"] + Self.channels), Step(4, ["SUBSCRIBE", "p:bus"]), run("logical time", [], by: 0),
        ]
        var connection = 0
        while steps.count < count {
            if chance(8) { connection = Int.random(in: 0..<3, using: &random) }
            var step = invocation(by: connection)
            if chance(5) {
                step.delay =
                    chance(4)
                    ? Int64.random(in: 1...40_000_000, using: &random) : Int64.random(in: 1...60_000, using: &random)
                time += step.delay
            }
            if chance(40) {
                steps += [Step(connection, ["MULTI"]), step, invocation(by: connection), Step(connection, ["EXEC"])]
            } else {
                steps.append(step)
            }
        }
        return steps
    }

    // MARK: Selection

    private mutating func chance(_ number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }
    private mutating func one<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }
    private mutating func some(_ elements: [String], _ range: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: range, using: &random)).map { _ in one(elements) }
    }
    private mutating func key() -> String { one(Self.names) }

    /// A logical time that the tier gave out recently, or will give out soon, or that is far away.
    private mutating func asOf() -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: "1"
        case 1: String(time + 5)
        case 2: String(logicalTime + Int64.random(in: 1...3, using: &random))
        default: String(logicalTime - Int64.random(in: 0...3, using: &random))
        }
    }

    // MARK: Invocations

    private mutating func run(_ name: String, _ arguments: [String], by connection: Int) -> Step {
        // Sometimes the server is another process than the one that began the state.
        let server = chance(60) ? "bbbb" : "aaaa"
        let lifetime = chance(3) ? one(["50", "2000", "60000"]) : "0"
        var step = Step(
            connection,
            ["EVALSHA", scripts[name]?.sha1 ?? name, "1", Self.prefix, server, lifetime] + arguments)
        step.script = name.replacing(" ", with: "-")
        return step
    }

    private mutating func invocation(by connection: Int) -> Step {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return run("read", [key()], by: connection)
        case 30..<36: return run("inspect", some(Self.names, 0...4), by: connection)
        case 36..<54: return run("fill", options() + entry(), by: connection)
        case 54..<62: return run("fill many", fillMany(), by: connection)
        case 62..<80: return run("announce", announce(), by: connection)
        case 80..<88:
            let applied = one(["0", String(logicalTime), asOf(), chance(20) ? String(time + 1_000_000) : "0"])
            return run(
                "renew",
                [one(Self.instances), one(["1", "40", "5000", "30000"]), applied], by: connection)
        case 88..<93: return run("members", [], by: connection)
        case 93..<94: return run("leave", [one(Self.instances)], by: connection)
        case 94..<97: return run("logical time", [], by: connection)
        case 97:
            return chance(2)
                ? Step(connection, ["PUBLISH", one(Self.channels), "\(logicalTime) i1"])
                : Step(connection, ["XLEN", "p:bus"])
        default: return accident(by: connection)
        }
    }

    /// Whether floors are ignored, and the lifetime.
    private mutating func options() -> [String] { [chance(8) ? "1" : "0", one(["1", "50", "5000", "3600000"])] }

    private mutating func fillMany() -> [String] {
        (0..<Int.random(in: 0...4, using: &random)).reduce(options()) { arguments, _ in
            let entry = entry()
            return arguments + [String(entry.count)] + entry
        }
    }

    private mutating func entry() -> [String] {
        let hasValue = !chance(6)
        // A long value changes the encoding of the hash in the server, and thus the order of its fields.
        let value = one(["", "value", String(repeating: "x", count: 100)])
        // With ten tags or more, the order of their names differs from the order of their numbers.
        let tags = chance(10) ? (1...12).map { "t\($0)" } : some(Self.tags, 0...3)
        return [
            key(), asOf(), String(Int.random(in: 0...6, using: &random)), hasValue ? "1" : "0", hasValue ? value : "",
        ] + tags
    }

    private mutating func announce() -> [String] {
        logicalTime += 1
        let keys = some(Self.names, 0...3)
        return [
            one(["d", "h", "h", "r", "r"]), one(["a", "b: 1;"]), one(["1", "50", "5000"]), "body",
            // With so few watermarks the older half is removed.
            one(["2", "3", "65536", "65536"]), one(["0", "1000"]), String(keys.count),
        ] + keys + some(Self.tags, 0...2)
    }

    /// Faults: lost keys, a lost server, keys of the wrong type.
    private mutating func accident(by connection: Int) -> Step {
        switch Int.random(in: 0..<20, using: &random) {
        case 8: Step(connection, ["DEL", "p:bus"])
        case 0: Step(connection, ["DEL", "p:s"])
        case 1: Step(connection, ["DEL", one(["p:f", "p:t"])])
        case 2: Step(connection, ["FLUSHALL"])
        case 3, 7, 10..<20: Step(connection, ["SET", "p:e:\(key())", "x", "PX", "5000"])
        case 4: Step(connection, ["HSET", "p:s", "r", "another"])
        case 5: Step(connection, ["EVALSHA", scripts["read"]?.sha1.uppercased() ?? "", "1", "p", "aaaa", "0", "k1"])
        default: Step(connection, ["ZREM", one(["p:f", "p:t"]), one([":k1", ":k2", ":t1", "b"])])
        }
    }
}

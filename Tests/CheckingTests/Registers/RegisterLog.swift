import Simulation

/// The log of a test of one register by clients that overlap, time out and are refused, in the form of Jepsen's.
struct RegisterLog {
    /// How the register is broken.
    enum Fault: CaseIterable {
        /// A read returns what was there before the last write of another client.
        case staleRead
        /// A write is acknowledged and lost.
        case lostWrite
        /// A compare-and-set writes whatever it finds.
        case blindComparison
    }

    private struct Client {
        var process: Int
        var invocation: Invocation?
    }

    private struct Invocation {
        var function: String
        var expected: Int?
        var new = 0
        /// What comes back once the register has answered.
        var answer: (type: String, value: String)?
    }

    private var random: SeededRandom
    private let fault: Fault?
    private var content: Int?
    private var before: Int?
    private(set) var lines: [String] = []
    private var nextProcess: Int

    /// - Parameter events: how many there are at least.
    init(seed: UInt64, fault: Fault?, events: Int, clients: Int = 5) {
        random = SeededRandom(seed: seed)
        self.fault = fault
        nextProcess = clients
        var all = (0..<clients).map { Client(process: $0) }
        while lines.count < events {
            let chosen = Int.random(in: 0..<clients, using: &random)
            step(&all[chosen])
        }
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// Invokes, has the register do it, or ends: one of them at each call.
    private mutating func step(_ client: inout Client) {
        guard var invocation = client.invocation else {
            let new = invoke(client.process)
            client.invocation = new
            return
        }
        if let (type, value) = invocation.answer {
            log(client.process, type, invocation.function, value)
            client.invocation = nil
            return
        }
        // It times out before or after it was done; its process is not used again.
        let timesOut = invocation.function != "read" && Int.random(in: 0..<12, using: &random) == 0
        if !timesOut || Bool.random(using: &random) { answer(&invocation) }
        if timesOut {
            log(client.process, "info", invocation.function, ":timed-out")
            client = Client(process: nextProcess)
            nextProcess += 1
        } else {
            client.invocation = invocation
        }
    }

    private mutating func invoke(_ process: Int) -> Invocation {
        let new = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            log(process, "invoke", "read", "nil")
            return Invocation(function: "read")
        case 1:
            log(process, "invoke", "write", "\(new)")
            return Invocation(function: "write", new: new)
        default:
            let expected = Int.random(in: 0...4, using: &random)
            log(process, "invoke", "cas", "[\(expected) \(new)]")
            return Invocation(function: "cas", expected: expected, new: new)
        }
    }

    private mutating func answer(_ invocation: inout Invocation) {
        let isBroken = Int.random(in: 0..<6, using: &random) == 0
        switch (invocation.function, invocation.expected) {
        case ("read", _):
            let found = fault == .staleRead && isBroken ? before : content
            invocation.answer = ("ok", found.map { "\($0)" } ?? "nil")
        case ("write", _):
            if fault != .lostWrite || !isBroken { set(invocation.new) }
            invocation.answer = ("ok", "\(invocation.new)")
        case (_, let expected):
            let isRight = content == expected || (fault == .blindComparison && isBroken)
            if isRight { set(invocation.new) }
            invocation.answer = (isRight ? "ok" : "fail", "[\(expected ?? 0) \(invocation.new)]")
        }
    }

    private mutating func set(_ new: Int) {
        before = content
        content = new
    }

    private mutating func log(_ process: Int, _ type: String, _ function: String, _ value: String) {
        lines.append("INFO  jepsen.util - \(process)\t:\(type)\t:\(function)\t\(value)")
    }
}

import Foundation
import Gates
import History
import Support

/// The time of the gated world: that of processes that obey it, which moves when a message says so.
///
/// A sleep or a time limit of an instance, and the end of a key's life in Redis, are one message: *time passes* until
/// the next of them. It waits behind all others, and nothing waits for real.
extension GatedWorld {
    /// Between runs processes have the time that they need.
    func letTimeRun() { time?.letRun() }

    func stopTime() { time?.freeze() }

    /// The processes of an instance that keep a time of their own.
    func processesWithOwnTime() -> [String] {
        guard time != nil else { return [] }
        return instances.flatMap { instance in
            (instance.watch?.members ?? []).filter { !Self.obeys($0) }.map { process in
                "instance \(instance.number + 1): process \(process) keeps its own time, since it does without the C "
                    + "library's functions for it; its timers are real"
            }
        }
    }

    /// Whether a process has the library by which it obeys. One that has become another program may have lost it.
    private static func obeys(_ process: pid_t) -> Bool {
        let file = open("/proc/\(process)/maps", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return true }
        defer { Foundation.close(file) }
        var maps: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(file, &portion, portion.count), count > 0 { maps += portion[0..<count] }
        // One that has ended has no maps, and no time either.
        return maps.isEmpty || Data(maps).range(of: Data(ProcessClock.libraryName.utf8)) != nil
    }

    /// The message that lets time pass; `nil` if nobody waits for any.
    func timeMessage() throws -> GatedMessage? {
        guard let time, time.isFrozen else { return nil }
        let now = time.now
        var next: (moment: Int64, words: String, about: String)?
        let deadlines = time.deadlines
        for instance in instances where !deadlines.isEmpty {
            let members = Set(instance.watch?.members ?? [])
            let own = deadlines.first { $0.moment - now < Self.longestWait && members.contains($0.process) }
            guard let first = own else { continue }
            if next.map({ first.moment < $0.moment }) ?? true {
                next = (
                    first.moment, "a \(first.kind) of instance \(instance.number + 1) is over",
                    "\(instance.number) \(first.kind)"
                )
            }
        }
        if let expiry = try nextExpiry(after: now), next.map({ expiry < $0.moment }) ?? true {
            next = (expiry, "a key of Redis is too old", "redis")
        }
        guard let next else { return nil }
        // Redis gives a key up in the millisecond after its last.
        let passing = max(0, next.moment - now) + 1_000_000
        if let known = waitingTime, known.moment == next.moment { return known.message }
        var footprint = Footprint()
        footprint.isEverywhere = true
        let message = make(
            .timer, nil, "time", about: next.about,
            words: "passes: \(Duration.nanoseconds(passing).rounded). Now \(next.words)", footprint,
            .timer(deadline: next.moment + 1_000_000))
        waitingTime = (next.moment, message)
        return message
    }

    /// A wait for longer than this is one for ever.
    private static let longestWait: Int64 = 365 * 86_400 * 1_000_000_000

    /// Time passes until a moment, for everybody.
    func passTime(until moment: Int64) throws {
        guard let time else { return }
        waitingTime = nil
        let before = time.now
        time.advance(to: max(moment, before))
        run.clock.advance(by: max(0, time.now - before))
        isExpiryKnown = false
        try settleAll()
        if time.wakeLate() > 0 { try settleAll() }
    }

    /// So much time passes, with all that it brings about, in the usual order.
    /// - Parameter letThrough: lets everything through that waits.
    func passTime(_ nanoseconds: Int64, _ letThrough: () throws -> Void) throws {
        guard let time, time.isFrozen else { return run.clock.advance(by: nanoseconds) }
        let end = time.now + nanoseconds
        for _ in 0..<Self.mostSteps {
            let next = instances.compactMap { instance in
                time.deadlines(of: Set(instance.watch?.members ?? [])).first?.moment
            }.min()
            guard let next, next < end else { break }
            try passTime(until: next + 1_000)
            try letThrough()
        }
        try passTime(until: end)
        try letThrough()
    }

    /// Of a time that passes. A timer of a millisecond makes a thousand in a second.
    private static let mostSteps = 2_000

    /// What a process says when time has passed it says by itself, and in turn.
    private func settleAll() throws {
        isTimePassing = true
        defer { isTimePassing = false }
        try ask(["PING"])
        for instance in instances {
            task = "\(instance.number)"
            instance.lastTask = task
            try settling(instance.number) { try waitUntilQuiet(instance) }
        }
        task = "time"
    }

    /// When the next key of Redis is too old; `nil` if none ever is. Redis is asked where it has been told something
    /// since.
    private func nextExpiry(after now: Int64) throws -> Int64? {
        if isExpiryKnown { return expiry }
        let script = """
            local least = -1
            for _, key in ipairs(redis.call('KEYS', '*')) do
              local left = redis.call('PTTL', key)
              if left >= 0 and (least < 0 or left < least) then least = left end
            end
            return least
            """
        let reply = try ask(["EVAL", script, "0"]).dropFirst().prefix { $0 != 13 }
        isExpiryKnown = true
        expiry = Int64(String(decoding: reply, as: UTF8.self)).flatMap { least in
            least < 0 ? nil : now + min(least, Self.longestWait / 1_000_000) * 1_000_000
        }
        return expiry
    }
}

extension Duration {
    /// `600 s`, `1.5 ms`: with three digits, for stories.
    fileprivate var rounded: String {
        let nanoseconds = Double(self / .nanoseconds(1))
        for (unit, size) in [("s", 1e9), ("ms", 1e6), ("\u{B5}s", 1e3)] where nanoseconds >= size {
            let value = nanoseconds / size
            let text = value >= 100 ? String(Int(value)) : String(format: "%.3g", value)
            return "\(text) \(unit)"
        }
        return "\(Int(nanoseconds)) ns"
    }
}

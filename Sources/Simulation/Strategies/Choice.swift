/// One decision, in a form that still has a meaning when decisions before it change: not the place in line but the
/// task.
struct Choice: Equatable, Hashable {
    /// The number that stands for it in a schedule: the task's, shifted by eight bits, and how many jobs of the same
    /// task stand before it, the one that could go on included. `usual` if it is what would be done without any reason
    /// to do otherwise: the task that ran goes on, or whoever has waited longest.
    let code: UInt32

    static let usual = Choice(code: .max)

    /// The task; meaningless for `usual`.
    var task: Int { Int(code >> 8) }

    init(code: UInt32) { self.code = code }

    init(_ index: Int, among runnable: Span<Int>, running: Int, mayGoOn: Bool) {
        if index == Self.usualIndex(among: runnable, running: running, mayGoOn: mayGoOn) {
            self = .usual
        } else if index == runnable.count {
            self.init(task: running, earlier: 0)
        } else {
            var earlier = mayGoOn && runnable[index] == running ? 1 : 0
            for other in 0..<index where runnable[other] == runnable[index] { earlier += 1 }
            self.init(task: runnable[index], earlier: earlier)
        }
    }

    private init(task: Int, earlier: Int) { code = UInt32(truncatingIfNeeded: task << 8 | min(earlier, 255)) }

    /// Where it stands now; nil if its task cannot run.
    func index(among runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int? {
        if self == .usual { return Self.usualIndex(among: runnable, running: running, mayGoOn: mayGoOn) }
        var earlier = Int(code & 0xFF)
        if mayGoOn, task == running {
            if earlier == 0 { return runnable.count }
            earlier -= 1
        }
        for index in runnable.indices where runnable[index] == task {
            if earlier == 0 { return index }
            earlier -= 1
        }
        return nil
    }

    static func usualIndex(among runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        if mayGoOn { return runnable.count }
        for index in runnable.indices where runnable[index] == running { return index }
        return 0
    }

    /// All that could be chosen, by task (never `usual`).
    static func all(among runnable: [Int], running: Int, mayGoOn: Bool) -> [Choice] {
        var options = mayGoOn ? [Choice(task: running, earlier: 0)] : []
        var seen = mayGoOn ? [running: 1] : [:]
        for task in runnable {
            options.append(Choice(task: task, earlier: seen[task, default: 0]))
            seen[task, default: 0] += 1
        }
        return options
    }
}

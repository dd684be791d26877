/// One decision, in a form that keeps its meaning if earlier decisions change: it names the task and not an index.
struct Choice: Equatable, Hashable {
    /// The number of the choice in a schedule: the number of the task, shifted by eight bits, plus the number of jobs
    /// of the same task before it, the one that could continue included.
    ///
    /// It is `usual` for the choice without a reason to choose another: the task that ran continues, or the task that
    /// has waited longest runs.
    let code: UInt32

    static let usual = Choice(code: .max)

    /// The task. Without meaning for `usual`.
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

    /// The index of the choice among the runnable tasks, or nil if its task cannot run.
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

    /// All possible choices, by task. None of them is `usual`.
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

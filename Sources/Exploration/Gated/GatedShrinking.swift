import GatedWorld
import Judging
import ScenarioRunner

/// Makes a failing run smaller: fewer operations, then fewer changes from one task to another, while the same rule is
/// broken.
struct GatedShrinking {
    private let search: GatedSearch
    private let kind: ViolationKind
    private(set) var best: JudgedRun
    private(set) var attempts = 0

    private let start = ContinuousClock.now

    private static let mostAttempts = 300
    private static let longest: Duration = .seconds(20)

    /// Whether the runs take their time.
    var isSlow: Bool { attempts > 0 && (ContinuousClock.now - start) / attempts > .seconds(1) }

    private var mayGoOn: Bool {
        attempts < Self.mostAttempts && ContinuousClock.now - start < Self.longest
            && !search.configuration.isStopped()
    }

    init(_ judged: JudgedRun, in search: GatedSearch) {
        self.search = search
        best = judged
        kind = judged.kinds[0]
    }

    mutating func shrink() throws {
        while mayGoOn {
            if try dropOperations() { continue }
            if try joinBlocks() { continue }
            return
        }
    }

    /// How many of so many replays repeat it, message by message.
    func repeated(of count: Int) throws -> Int {
        var same = 0
        for number in 0..<count {
            // The first is in new processes: what survives from run to run is no part of the story.
            if number == 0 { search.restart() }
            var order = EarlierOrder(best.run.labels)
            let again = try search.run(best.plan, &order)
            if !again.run.isVoid, again.run.labels == best.run.labels, again.kinds.contains(kind) { same += 1 }
        }
        return same
    }

    private mutating func attempt(_ plan: WorkloadPlan, _ labels: [String]) throws -> Bool {
        attempts += 1
        var order = EarlierOrder(labels)
        let judged = try search.run(plan, &order)
        guard !judged.run.isVoid, judged.kinds.contains(kind), judged.size.lexicographicallyPrecedes(best.size) else {
            return false
        }
        best = judged
        return true
    }

    private mutating func dropOperations() throws -> Bool {
        for smaller in best.plan.smaller where smaller.count > 0 && smaller.count < best.plan.count {
            guard mayGoOn else { return false }
            if try attempt(smaller, best.run.labels) { return true }
        }
        return false
    }

    /// Lets a task go on where it was, instead of later: joins two stretches of it.
    private mutating func joinBlocks() throws -> Bool {
        var blocks: [[String]] = []
        var last: String?
        for step in best.run.steps {
            if step.message.task == last {
                blocks[blocks.count - 1].append(step.message.label)
            } else {
                blocks.append([step.message.label])
            }
            last = step.message.task
        }
        let tasks = blocks.map { block in String(block[0].prefix { $0 != " " }) }
        for first in blocks.indices {
            guard let second = blocks.indices.first(where: { $0 > first + 1 && tasks[$0] == tasks[first] }) else {
                continue
            }
            let between = blocks[(first + 1)..<second]
            let rest = blocks[(second + 1)...]
            let earlier = blocks[...first] + [blocks[second]] + between + rest
            let later = blocks[..<first] + between + [blocks[first]] + blocks[second...]
            for order in [earlier, later] {
                guard mayGoOn else { return false }
                if try attempt(best.plan, order.flatMap { $0 }) { return true }
            }
        }
        return false
    }
}

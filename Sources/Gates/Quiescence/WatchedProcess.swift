#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A process of a ``QuiescenceWatch`` with its threads.
final class WatchedProcess {
    /// What one pass over the threads has found.
    enum Collected {
        /// All are asleep, and did not run since the pass before.
        case asleep
        /// All have ended, and nobody has waited for the process yet.
        case ended
        /// All are asleep, and something happened since the pass before. These children were found.
        case changed(BusyThread, children: [pid_t])
        case awake(BusyThread)
        case gone
    }

    let id: pid_t
    private let folder: TaskFolder
    private var threads: [WatchedThread] = []
    /// Whether nothing is left but a zombie, as of the last pass.
    private(set) var hasEnded = false

    /// - Returns: `nil` if there is no such process.
    init?(_ id: pid_t, _ tasks: TaskFiles) throws(QuiescenceError) {
        guard let folder = try TaskFolder(process: id) else { return nil }
        self.id = id
        self.folder = folder
    }

    func collect(_ tasks: TaskFiles) throws(QuiescenceError) -> Collected {
        guard folder.list(into: &tasks.identifiers) else { return .gone }
        var change = try reconcile(tasks.identifiers)
        var children: [pid_t] = []
        var zombies = 0
        for thread in threads {
            switch examine(thread, tasks, &children) {
            case .asleep: continue
            case .zombie: zombies += 1
            case .changed(let reason): change = change ?? thread.busy(id, reason)
            case .awake(let reason):
                let busy = thread.busy(id, reason)
                // Children that were found are told only once.
                return children.isEmpty ? .awake(busy) : .changed(busy, children: children)
            }
        }
        if let change { return .changed(change, children: children) }
        hasEnded = zombies == threads.count
        return hasEnded ? .ended : .asleep
    }

    private enum Examined {
        case asleep
        case zombie
        case changed(BusyThread.Reason)
        case awake(BusyThread.Reason)
    }

    private func examine(_ thread: WatchedThread, _ tasks: TaskFiles, _ children: inout [pid_t]) -> Examined {
        guard let state = tasks.state(thread) else { return .changed(.hasEnded) }
        if let reason = Self.wakefulness(state) { return .awake(reason) }
        switch tasks.compareCounters(thread) {
        case .same: return state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") ? .zombie : .asleep
        case .gone: return .changed(.hasEnded)
        case .different:
            tasks.children(thread, into: &children)
            // The state was that of before the counters: it may have woken between, and be running still.
            let reason = tasks.state(thread).map(Self.wakefulness) ?? .hasEnded
            guard let reason else { return .changed(.hasRun) }
            thread.isKnown = false
            return .awake(reason)
        }
    }

    private static func wakefulness(_ state: UInt8) -> BusyThread.Reason? {
        switch state {
        case UInt8(ascii: "S"), UInt8(ascii: "I"), UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: "Z"),
            UInt8(ascii: "X"), UInt8(ascii: "P"):
            nil
        case UInt8(ascii: "D"): .waitsForDevice
        default: .runs
        }
    }

    /// Makes the threads those that were listed.
    private func reconcile(_ identifiers: [pid_t]) throws(QuiescenceError) -> BusyThread? {
        var index = 0
        while index < threads.count, index < identifiers.count, threads[index].id == identifiers[index] { index += 1 }
        if index == threads.count, index == identifiers.count { return nil }
        var change: BusyThread?
        let listed = Set(identifiers)
        let gone = threads.filter { !listed.contains($0.id) }
        threads.removeAll { !listed.contains($0.id) }
        if let first = gone.first {
            change = first.busy(id, .hasEnded)
            // The children of one that is gone are another's now, which need not have run.
            for thread in threads { thread.isKnown = false }
        }
        let present = Set(threads.map(\.id))
        for identifier in identifiers where !present.contains(identifier) {
            change = BusyThread(process: id, thread: identifier, reason: .isNew)
            if let thread = try folder.files(of: identifier) { threads.append(thread) }
        }
        // In the order of the listing, so that the next comparison is short.
        let places = Dictionary(identifiers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        threads.sort { places[$0.id, default: 0] < places[$1.id, default: 0] }
        return change
    }

    func states(_ tasks: TaskFiles) -> [ThreadState] {
        threads.compactMap { thread in
            guard let (name, state) = tasks.nameAndState(thread) else { return nil }
            return ThreadState(
                process: id, thread: thread.id, name: name, state: state,
                wait: tasks.wait(process: id, thread: thread.id))
        }
    }
}

/// A thread whose files in `/proc` are open.
final class WatchedThread {
    let id: pid_t
    let stat: Int32
    let schedstat: Int32
    /// -1 where the kernel does not tell of children.
    let children: Int32
    /// The text of `schedstat` when the thread was known to be asleep.
    let counters = UnsafeMutableRawBufferPointer.allocate(byteCount: TaskFiles.counterBytes, alignment: 8)
    /// Whether there is such a text.
    var isKnown = false

    init(id: pid_t, stat: Int32, schedstat: Int32, children: Int32) {
        self.id = id
        self.stat = stat
        self.schedstat = schedstat
        self.children = children
    }

    deinit {
        close(stat)
        close(schedstat)
        if children >= 0 { close(children) }
        counters.deallocate()
    }

    func busy(_ process: pid_t, _ reason: BusyThread.Reason) -> BusyThread {
        BusyThread(process: process, thread: id, reason: reason)
    }
}

import AdapterProtocol
import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import Scenarios
import Simulation
import Support

import struct History.Operation

/// The system of record of a cache under test. It belongs to the runner: it gives the versions, records every load, and
/// tells by a value that the cache returns which write it comes from.
///
/// Values are texts such as `#17 user:4 ....`: a number that is unique in the run, the key, and padding up to the
/// declared size. So a cache need not know of versions, and a value under a wrong key or with a changed character is
/// seen.
package final class SubjectOrigin: SeededOrigin {
    struct Row {
        var version: Int64 = 0
        /// The number of the value; `nil` if the key was deleted.
        var number: Int64?
    }

    /// A value that the runner has handed out.
    struct Issue {
        let key: KeyInUse
        /// The version that its commit was given; 0 before.
        var version: Int64 = 0
    }

    struct State {
        var rows: [NameKey: Row] = [:]
        /// By number, from 1.
        var issues: [Issue] = []
        /// Deletions that workers have under way, by instance, worker and key; and what became of them.
        var deletions: [Deletion: Int64] = [:]
        /// Those that were given a commit which named no worker: it may have been another's.
        var guessed: Set<Deletion> = []
        var tracks: [Int: WorkerLog] = [:]
        /// How often each worker of each instance had something loaded.
        var loads: [Asker: Int] = [:]
        /// Whether an adapter did not say when it asked for something.
        var hasUnstampedLoads = false
        /// A write that returned without a commit, as a sentence.
        var uncommitted: String?
        /// The first commit of a value that is not what it was, or is older than what it replaces, as a sentence.
        var wrongCommit: String?
        /// Values that came back and that no write gave, as sentences, by the operations that returned them.
        var damages: [WrittenValues.Place: String] = [:]
        var random: SeededRandom
        /// Loads whose answers are on their way, for who answers at once.
        var unanswered: [UnansweredLoad: Operation] = [:]
    }

    struct UnansweredLoad: Hashable {
        let instance: Int
        let ask: Int64
    }

    struct Asker: Hashable {
        let instance: Int
        let worker: Int
    }

    struct Deletion: Hashable {
        let asker: Asker
        let key: NameKey
    }

    let keys: [NameKey: KeyInUse]
    private let delay: Duration
    /// The time that the subject goes by, too.
    let clock: any CacheClock
    /// What is wrong with it.
    let condition: OriginCondition
    private let recorder: Recorder
    let state: Lock<State>

    package init(
        _ keys: [KeyInUse], delay: Duration, recorder: Recorder, seed: UInt64, clock: any CacheClock = HostClock()
    ) {
        self.clock = clock
        condition = OriginCondition(clock: clock)
        self.keys = Dictionary(keys.map { (NameKey($0.name), $0) }) { first, _ in first }
        self.delay = delay
        self.recorder = recorder
        state = Lock(State(random: SeededRandom(seed: seed)))
    }

    // MARK: Values

    /// A value for a write that is about to begin.
    func issue(for key: KeyInUse) -> (number: Int64, text: String) {
        state.withLock { state in
            state.issues.append(Issue(key: key))
            let number = Int64(state.issues.count)
            return (number, Self.text(number, key))
        }
    }

    static func text(_ number: Int64, _ key: KeyInUse) -> String {
        let text = "#\(number) \(key.name) "
        let missing = key.valueSize - text.utf8.count
        return missing > 0 ? text + String(repeating: ".", count: missing) : text
    }

    /// The number of a value that the cache returned for a key; `nil` if no write gave it, which is kept as damage.
    /// - Parameters:
    ///   - who: returned it, as the subject of a sentence.
    ///   - start: of the operation that returned it.
    func number(
        of text: String, under key: String, returnedBy who: @autoclosure () -> String, at start: Int64
    ) -> Int64? {
        state.withLock { state in
            var what = "a value that no write gave it"
            if let number = Self.number(in: text, state.issues) {
                let owner = state.issues[Int(number) - 1].key
                if Self.text(number, owner) == text {
                    if owner.name.utf8.elementsEqual(key.utf8) { return number }
                    what = "the value of another key, \(owner.name.printable)"
                }
            }
            if state.damages.count < Self.mostDamages {
                state.damages[WrittenValues.Place(start: start, key: key)] =
                    "\(who()) returned for \(key.printable) \(what): \(Self.excerpt(text))"
            }
            return nil
        }
    }

    private static let mostDamages = 100

    static func number(in text: String, _ issues: [Issue]) -> Int64? {
        guard text.utf8.first == UInt8(ascii: "#"), let end = text.utf8.firstIndex(of: UInt8(ascii: " ")),
            let number = Int64(text[text.index(after: text.startIndex)..<end]), number > 0, number <= issues.count
        else { return nil }
        return number
    }

    private static func excerpt(_ text: String) -> String {
        "\"\(String(text.prefix(60)).printable)\"" + (text.count > 60 ? " (\(text.utf8.count) bytes)" : "")
    }

    /// The first write that returned although its value was never committed, as a sentence; known when the history is.
    package var uncommitted: String? { state.withLock { $0.uncommitted } }

    /// The first commit of a value that is not what it was, or is older than what it replaces, as a sentence.
    package var wrongCommit: String? { state.withLock { $0.wrongCommit } }

    /// Whether the beginning of some load is known only as the time at which its question arrived.
    var hasUnstampedLoads: Bool { state.withLock { $0.hasUnstampedLoads } }

    /// The first values that came back and that no write gave, as sentences, by the operations that returned them.
    package var damages: [WrittenValues.Place: String] { state.withLock { $0.damages } }

    // MARK: What an adapter asks

    /// Answers an instance, and records what it loads.
    func answer(_ ask: AdapterAsk, instance: Int) async -> OriginAnswer.Outcome {
        let start = ask.start ?? clock.now()
        do { try await condition.enter() } catch { return .failed("\(error)") }
        // A query takes its time to get there, and what it found takes its time to come back.
        let isLoad = ask.question == .load
        await clock.point(isLoad ? "load" : "commit")
        await pause()
        let (outcome, load) = outcome(of: ask, start: start, instance: instance)
        await clock.point(isLoad ? "loaded" : "committed")
        await pause()
        await condition.leave(afterLoad: isLoad)
        if let load { record(load, instance: instance) }
        return outcome
    }

    private func pause() async {
        guard delay > .zero else { return }
        let share = state.withLock { state in Double(state.random.next() >> 11) * 0x1p-53 }
        // In a simulation the schedule decides who comes next, where time does not.
        if clock is SimulatedClock, share < 0.5 { return }
        let pause = delay * share
        try? await clock.sleep(nanoseconds: pause.nanoseconds)
    }

    /// - Returns: the answer; and of a load, the operation, which ends when it is answered.
    private func outcome(
        of ask: AdapterAsk, start: Int64, instance: Int
    ) -> (OriginAnswer.Outcome, load: Operation?) {
        guard let key = keys[NameKey(ask.key)] else {
            return (.failed("the origin has no key \"\(ask.key)\", and the runner never named it"), nil)
        }
        switch ask.question {
        case .load:
            if ask.start == nil { state.withLock { $0.hasUnstampedLoads = true } }
            return load(key, start: start, instance: instance, worker: ask.worker)
        case .commit(let value?): return (commit(value, key, instance: instance), nil)
        case .commit(nil):
            return (commitDeletion(key, instance: instance, worker: ask.worker), nil)
        }
    }

    private func load(
        _ key: KeyInUse, start: Int64, instance: Int, worker: Int?
    ) -> (OriginAnswer.Outcome, load: Operation?) {
        state.withLock { state in
            if let worker { state.loads[Asker(instance: instance, worker: worker), default: 0] += 1 }
            let row = state.rows[NameKey(key.name)] ?? Row()
            let track = state.tracks[instance] ?? recorder.makeLog(instance: Int32(instance))
            state.tracks[instance] = track
            let load = Operation(
                kind: .load, key: track.number(ofKey: key.name), tagSet: track.number(ofTags: key.tags),
                version: row.version, value: row.number ?? 0, layer: .origin, start: start, end: start,
                isTombstone: row.number == nil)
            return (.loaded(row.number.map { Self.text($0, key) }, tags: key.tags, version: row.version), load)
        }
    }

    /// A load is answered.
    private func record(_ load: Operation, instance: Int) {
        var load = load
        load.end = clock.now()
        _ = state.withLock { $0.tracks[instance]?.record(load) }
    }

    /// Answers at once, whatever the origin's condition.
    /// - Parameter ask: with the time at which it was asked, on the origin's clock.
    package func act(on ask: AdapterAsk, instance: Int) -> OriginAnswer.Outcome {
        let (outcome, load) = outcome(of: ask, start: ask.start ?? clock.now(), instance: instance)
        if let load { state.withLock { $0.unanswered[UnansweredLoad(instance: instance, ask: ask.number)] = load } }
        return outcome
    }

    /// What ``act(on:instance:)`` said has arrived.
    package func finishLoad(_ ask: Int64, instance: Int) {
        let load = state.withLock { $0.unanswered.removeValue(forKey: UnansweredLoad(instance: instance, ask: ask)) }
        if let load { record(load, instance: instance) }
    }

    /// How often a worker of an instance has had something loaded.
    func loads(by worker: Int, of instance: Int) -> Int {
        state.withLock { $0.loads[Asker(instance: instance, worker: worker)] ?? 0 }
    }

    private func commit(_ value: String, _ key: KeyInUse, instance: Int) -> OriginAnswer.Outcome {
        state.withLock { state in
            let who = "instance \(instance + 1) committed for \(key.name.printable)"
            guard let number = Self.number(in: value, state.issues), Self.text(number, key) == value else {
                state.wrongCommit =
                    state.wrongCommit ?? "\(who) a value that no write gave for it: \(Self.excerpt(value))"
                return .failed("the value that was committed for \"\(key.name)\" is none that the runner gave for it")
            }
            let earlier = state.issues[Int(number) - 1].version
            guard earlier == 0 else {
                // A commit that is repeated, because its answer was lost, is the same commit, unless it comes too late.
                let present = state.rows[NameKey(key.name)]?.version ?? 0
                if present > earlier {
                    state.wrongCommit =
                        state.wrongCommit
                        ?? "\(who) once more what had been version \(earlier), when version \(present) was there: at a "
                        + "database of its own it would have replaced the newer value"
                }
                return .committed(version: earlier)
            }
            let version = (state.rows[NameKey(key.name)]?.version ?? 0) + 1
            state.rows[NameKey(key.name)] = Row(version: version, number: number)
            state.issues[Int(number) - 1].version = version
            return .committed(version: version)
        }
    }

    /// - Parameters:
    ///   - worker: on whose behalf; `nil` if the adapter does not say, and then of the only worker of the instance that
    ///     is deleting the key.
    private func commitDeletion(_ key: KeyInUse, instance: Int, worker: Int?) -> OriginAnswer.Outcome {
        state.withLock { state in
            let name = NameKey(key.name)
            let open = state.deletions.keys.filter { deletion in
                deletion.key == name && deletion.asker.instance == instance
                    && (worker == nil || deletion.asker.worker == worker)
            }
            // Of several that are under way any may be the one: it is committed within the time of each of them.
            let waiting = open.filter { state.deletions[$0] == 0 }.min { $0.asker.worker < $1.asker.worker }
            let deletion = open.count == 1 ? open[0] : waiting
            let present = state.rows[name] ?? Row()
            // A commit that is repeated, because its answer was lost, is the same commit.
            if let deletion, let version = state.deletions[deletion], version > 0, present.number == nil,
                present.version == version
            {
                return .committed(version: version)
            }
            state.rows[name] = Row(version: present.version + 1, number: nil)
            if let deletion {
                state.deletions[deletion] = present.version + 1
                if worker == nil { state.guessed.insert(deletion) }
            }
            return .committed(version: present.version + 1)
        }
    }

    /// A worker of an instance is about to delete a key.
    func beginDeletion(of key: KeyInUse, by worker: Int, of instance: Int) {
        let deletion = Deletion(asker: Asker(instance: instance, worker: worker), key: NameKey(key.name))
        state.withLock { $0.deletions[deletion] = 0 }
    }

    /// - Returns: the version that the deletion was given; 0 if nothing was committed.
    func endDeletion(of key: KeyInUse, by worker: Int, of instance: Int) -> Int64 {
        let deletion = Deletion(asker: Asker(instance: instance, worker: worker), key: NameKey(key.name))
        return state.withLock { state in
            state.guessed.remove(deletion)
            guard let version = state.deletions.removeValue(forKey: deletion) else { return 0 }
            // The commit that another of the key was given was this one's, which has ended first.
            guard version == 0,
                let other = state.guessed.first(where: { $0.key == deletion.key && $0.asker.instance == instance })
            else { return version }
            state.guessed.remove(other)
            defer { state.deletions[other] = 0 }
            return state.deletions[other] ?? 0
        }
    }

    // MARK: The history

    /// Gives the operations, which were recorded with the numbers of their values, the versions of these.
    /// - Parameter isWhole: whether the run came to its end. Until then a value may still be committed.
    package func understand(_ operations: inout [Operation], isWhole: Bool) {
        state.withLock { state in
            var phantoms: [(operation: Operation, issue: Issue)] = []
            for index in operations.indices where operations[index].value > 0 && operations[index].version == 0 {
                let number = operations[index].value
                guard number <= state.issues.count else { continue }
                let issue = state.issues[Int(number) - 1]
                operations[index].version = issue.version
                guard isWhole, issue.version == 0, operations[index].outcome == .ok else { continue }
                let key = issue.key.name.printable
                let instance = "instance \(operations[index].instance + 1)"
                switch operations[index].kind {
                case .write:
                    state.uncommitted =
                        state.uncommitted
                        ?? "a write of \(key) by \(instance) returned, and its value was never committed at the "
                        + "origin. An adapter asks {\"op\":\"commit\"} before it answers a write"
                case .read, .inspect:
                    // The rest of the key can be judged without it.
                    operations[index].outcome = .failed
                    operations[index].isRefused = true
                    phantoms.append((operations[index], issue))
                default: continue
                }
            }
            // The earliest are those that are reported, and operations come worker by worker.
            phantoms.sort { $0.operation.start < $1.operation.start }
            for (operation, issue) in phantoms.prefix(max(0, Self.mostDamages - state.damages.count)) {
                state.damages[WrittenValues.Place(start: operation.start, key: issue.key.name)] =
                    "instance \(operation.instance + 1) returned for \(issue.key.name.printable) a value that was "
                    + "never committed at the origin: " + Self.excerpt(Self.text(operation.value, issue.key))
            }
        }
    }
}

import CacheHierarchy
import Checking
import History
import Judging
import RedisClient
import Support

/// Asks the server all through a run, on a connection of its own, who is connected to it, and records what comes of
/// that.
actor ConnectionSampler {
    private let watch: ManagerWatch
    private let clock: any CacheClock
    private let log: WorkerLog
    private let pool: RedisPool
    private var ledger: ConnectionLedger
    /// Often enough to see what is opened for a phase, seldom enough not to be a load.
    private static let interval: Int64 = 50_000_000

    init(_ watch: ManagerWatch, recorder: Recorder, clock: any CacheClock) {
        self.watch = watch
        self.clock = clock
        log = recorder.makeLog(instance: -1)
        pool = RedisPool(watch.samplerConfiguration)
        ledger = watch.makeLedger()
    }

    /// Measures until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await sample()
            try? await clock.sleep(nanoseconds: Self.interval)
        }
    }

    /// Measures a last time, twice as it takes two lists to count anything, and records of each process how many
    /// managers it had.
    func finish() async throws {
        await sample()
        await sample()
        for process in try watch.processes() {
            record(.managers(process: process.process), Int64(process.managers), since: clock.now())
        }
    }

    func close() async { await pool.close() }

    private func sample() async {
        let start = clock.now()
        guard let text = try? await pool.send(RedisCommand("CLIENT", "LIST")).string else {
            record(.list, 0, since: start, outcome: .failed)
            return
        }
        for (subject, count) in ledger.take(ConnectionAudit.clients(listed: text)) {
            record(subject, count, since: start)
        }
    }

    private func record(
        _ subject: Connections.Subject, _ count: Int64, since start: Int64, outcome: Operation.Outcome = .ok
    ) {
        log.record(
            Operation(
                kind: .gauge, key: log.number(ofKey: subject.key), value: count, outcome: outcome, start: start,
                end: clock.now()))
    }
}

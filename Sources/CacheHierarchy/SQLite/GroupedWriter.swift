import GRDB
import Support

/// Lets writes that wait at the same time share one transaction, and so one flush of the disk (group commit).
///
/// A write returns when its transaction is committed. One that fails does not spoil the others of its group: they are then
/// done again, each by itself.
final class GroupedWriter: Sendable {
    private struct Job: Sendable {
        /// Does the work; what it returns tells the caller, after the commit.
        let work: @Sendable (Database) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isWriting = false
    }

    private let database: DatabasePool
    private let state = Lock(State())

    init(_ database: DatabasePool) { self.database = database }

    /// - Parameter body: may be run twice, so it must do no more than its statements.
    nonisolated(nonsending) func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                work: { database in
                    let result = try body(database)
                    return { continuation.resume(returning: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            let isFirst = state.withLock { state in
                state.waiting.append(job)
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { writeGroup() }
        }
    }

    private func writeGroup() {
        database.asyncWriteWithoutTransaction { [self] database in
            let group = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            do {
                for answer in try Self.commit(group, to: database) { answer() }
            } catch {
                for job in group {
                    do {
                        for answer in try Self.commit([job], to: database) { answer() }
                    } catch {
                        job.fail(error)
                    }
                }
            }
            let hasMore = state.withLock { state in
                state.isWriting = !state.waiting.isEmpty
                return state.isWriting
            }
            if hasMore { writeGroup() }
        }
    }

    private static func commit(_ group: [Job], to database: Database) throws -> [@Sendable () -> Void] {
        var answers: [@Sendable () -> Void] = []
        try database.inTransaction(.immediate) {
            answers = try group.map { try $0.work(database) }
            return .commit
        }
        return answers
    }
}

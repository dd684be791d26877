import Gates
import Processes

/// What gated runs stand in: a private redis-server, and the time that it and the processes go by.
struct GatedSurroundings: @unchecked Sendable {
    // Unchecked, because a clock is for one thread at a time: the one that makes it hands it to the one that explores,
    // and waits for that.

    let server: RedisServer
    /// `nil` where time cannot be held.
    let time: ProcessClock?
    /// Why it cannot, as a sentence.
    let timeProblem: String?

    /// Does something with a server and a clock, and leaves nothing of them.
    /// - Throws: `WorldError` if there is no server to be had, and what the body throws.
    static func with<Value: Sendable>(
        _ body: @escaping @Sendable (GatedSurroundings) throws -> Value
    ) async throws -> Value {
        // The clock has to be there before the server, in a folder that is removed whatever ends this process.
        let caretaker = try await Caretaker.start(server: nil)
        do {
            var time: ProcessClock?
            var problem: String?
            do { time = try ProcessClock(path: "\(caretaker.folder)/clock") } catch { problem = error.description }
            let server = try await RedisServer.open(.privateServer, environment: time?.environment() ?? [:])
            let surroundings = GatedSurroundings(server: server, time: time, timeProblem: problem)
            do {
                let value = try await OwnThreads.run { try body(surroundings) }
                await surroundings.close()
                await caretaker.stop()
                return value
            } catch {
                await surroundings.close()
                throw error
            }
        } catch {
            await caretaker.stop()
            throw error
        }
    }

    /// A server whose time stands still does not end.
    private func close() async {
        time?.letRun()
        await server.close()
    }
}

import Judging
import Processes
import Scenarios

extension SimulatedRun {
    /// Runs the same live, on a private redis-server, in an order.
    /// - Parameters:
    ///   - patience: for how long the order may go nowhere while tasks are held, beyond the longest wait that the
    ///     scenario declares.
    ///   - timeout: how long the run may take, in place of what ``RunBudget`` computes.
    /// - Throws: ``WorldError`` if there is no Redis to be had, ``RunStall`` if the run does not get on, and what ends
    ///   it.
    package func drive(
        _ plan: WorkloadPlan, in order: DrivenOrder, patience: Duration, timeout: Duration? = nil
    ) async throws -> (RunRecord, DrivingReport) {
        let server = try await RedisServer.open(.privateServer)
        let director = Director(order)
        let supervisor = RunSupervisor(
            RunBudget(for: scenario, limit: timeout),
            probe: RedisProbe(server.configuration, name: "driven-probe"), stage: "the cluster to be built")
        do {
            let record = try await supervisor.run {
                try await drive(plan, on: server, by: director, patience: patience, under: supervisor)
            }
            if let stall = supervisor.stall { throw stall }
            await server.close()
            return (record, director.report())
        } catch {
            await server.close()
            // Whatever a cancelled run throws, this is why it was cancelled.
            throw supervisor.stall ?? error
        }
    }

    private func drive(
        _ plan: WorkloadPlan, on server: RedisServer, by director: Director, patience: Duration,
        under supervisor: RunSupervisor
    ) async throws -> RunRecord {
        var deployment = LiveDeployment(scenario, on: server, prefix: "driven", defects: defects)
        deployment.director = director
        let cluster = try await deployment.build()
        let watching = Task { await director.watch(patience: patience + scenario.longestWait(in: .live)) }
        var run = ScenarioRun(scenario, plan, in: cluster, under: supervisor) { _ in }
        let result: Result<RunRecord, any Error>
        do {
            try await run.execute()
            result = .success(run.record)
        } catch {
            result = .failure(error)
        }
        // Whatever came of it: who is still held goes on, or the cluster would never be taken down.
        director.open()
        watching.cancel()
        await watching.value
        await cluster.tearDown()
        return try result.get()
    }
}

extension Scenario {
    fileprivate func longestWait(in world: World) -> Duration {
        phases.map { phase in
            if case .wait(let duration) = phase.action { cluster.actual(duration, in: world) } else { .zero }
        }.max() ?? .zero
    }
}

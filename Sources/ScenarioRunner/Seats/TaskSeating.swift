import History
import Judging
import Scenarios

/// Instances as tasks of this process.
struct TaskSeating: Seating {
    let starter: InstanceStarter
    /// What the contents of values are, where they are records.
    var contents: ContentLedger?
    /// Whether what the bus does is recorded.
    var observesBus = false
    /// Collects why operations failed.
    var troubles = TroubleLedger()

    func seat(
        _ number: Int, of cluster: Cluster, recorder: Recorder, ledger: InvalidationLedger
    ) async throws -> (member: any InstanceSeat, workers: [any ScenarioWorker]) {
        try await seat(number, of: cluster, recorder: recorder, ledger: ledger, incarnation: 0, journal: nil)
    }

    /// - Parameters:
    ///   - incarnation: which instance in this place it is, counted from 0.
    ///   - journal: where to write what is recorded, when it is.
    func seat(
        _ number: Int, of cluster: Cluster, recorder: Recorder, ledger: InvalidationLedger, incarnation: Int,
        journal: Journal?
    ) async throws -> (member: ClusterMember, workers: [Client]) {
        let observer = SharedRecordingObserver(
            recorder.makeLog(instance: Int32(number)), contents: contents, journal: journal,
            observesBus: observesBus)
        let member = try await ClusterMember(
            number: number, incarnation: incarnation, observer: observer, starter: starter)
        let workers = (0..<cluster.workers).map { worker in
            Client(
                number: number * cluster.workers + worker, of: cluster.totalWorkers, member: member, recorder: recorder,
                ledger: ledger, clock: starter.parts.clock, contents: contents, troubles: troubles,
                application: cluster.application(ofInstance: number), journal: journal)
        }
        return (member, workers)
    }
}

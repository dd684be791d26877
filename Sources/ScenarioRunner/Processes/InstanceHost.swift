import CacheHierarchy
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import Synchronization

/// A process that is one instance of a scenario's cluster: it does what the runner says on its standard input, and ends
/// with it.
public final class InstanceHost: Sendable {
    private let settings: InstanceSettings
    private let keys: [String: KeyInUse]
    private let finished = Atomic<Int>(0)

    /// Reads from standard input what it is to be.
    /// - Throws: `DecodingError` if that is not what a runner writes.
    public init() throws {
        settings = try ParentLines.settings(InstanceSettings.self)
        keys = Dictionary(settings.keysInUse.map { ($0.name, $0) }) { first, _ in first }
    }

    /// How a process ends that could not write down what it did.
    static let recordLost: Int32 = 74

    private struct Parts: Sendable {
        let member: ClusterMember
        let workers: [Client]
        let pool: RedisPool
        let managed: ManagedRedis?
        let log: ManagerLog?
    }

    /// Does what standard input says until it ends, which ends the process.
    public func run() async {
        var parts: Parts?
        for await order in ParentLines.orders(InstanceOrder.self) {
            switch order.what {
            case .answer: answer(order, .alive(finished: finished.load(ordering: .relaxed)))
            case .join:
                do {
                    parts = try await join()
                    answer(order, .done)
                } catch {
                    answer(order, .failed("\(error)"))
                }
            default:
                guard let parts else {
                    answer(order, .failed("it has not joined the cluster"))
                    continue
                }
                Task {
                    do {
                        answer(order, try await obey(order.what, parts))
                    } catch {
                        answer(order, .failed("\(error)"))
                    }
                }
            }
        }
    }

    private func answer(_ order: InstanceOrder, _ what: InstanceAnswer.What) {
        ParentLines.say(InstanceAnswer(number: order.number, what: what))
    }

    private func obey(_ order: InstanceOrder.What, _ parts: Parts) async throws -> InstanceAnswer.What {
        func worker(_ number: Int) -> Client { parts.workers[number - settings.number * settings.cluster.workers] }
        switch order {
        case .join, .answer: break
        case .perform(let number, let text):
            for operation in try WorkloadPlan.operations(text: text, keys) {
                await worker(number).perform([operation], pace: nil, under: nil)
                finished.add(1, ordering: .relaxed)
            }
        case .inspectOwnMemory(let number): worker(number).inspectOwnMemory(settings.keysInUse)
        case .settle(let time, let deadline): await parts.member.settle(time, deadline: deadline)
        case .inspect(let layers, let names): try await parts.member.inspect(layers, names)
        case .warm(let names):
            return .warmed(await parts.member.warm(names))
        case .heal(let patience): return .healed(await parts.member.heal(within: patience))
        case .jump(let nanoseconds): parts.member.jump(by: nanoseconds)
        case .die(atCommit: true): parts.member.incarnation.watch?.dieAtNextCommit()
        case .die(atCommit: false): parts.member.incarnation.watch?.giveUp()
        case .countBus: return .bus(parts.member.busCounts())
        case .stop:
            await parts.member.stop()
            await parts.pool.close()
            if let managed = parts.managed {
                managed.record.calls.map { parts.log?.write(.ended($0)) }
                await managed.close()
            }
        }
        return .done
    }
}

extension InstanceHost {
    /// Puts the instance together, of the parts that a task would be given, and of its own.
    private func join() async throws -> Parts {
        let cluster = settings.cluster
        let recorder = Recorder(keys: settings.keysInUse.map(\.name))
        let journal = try Journal(path: settings.journal, of: recorder) { error in
            // Without its record the instance proves nothing.
            FileHandle.standardError.write(Data(("coherence: \(error)".printable + "\n").utf8))
            _exit(Self.recordLost)
        }
        let server = try settings.redis.configuration()
        var commands = server
        commands.clientName = "\(settings.name).pool"
        let pool = RedisPool(commands)
        let store = try settings.host.map {
            try SQLiteHostStore(
                path: $0, capacity: cluster.declaration(of: .l3)?.capacity ?? RunningCluster.defaultCapacity)
        }
        let log = try cluster.manager.map { _ in try ManagerLog(path: settings.journal + ManagerLog.suffix) }
        var managed: ManagedRedis?
        if let manager = cluster.manager {
            managed = try await ManagedRedis(
                manager, server: server, application: settings.prefix, defects: settings.defects, log: log)
        }
        let parts = RunningCluster.Parts(
            world: .live, origin: try SQLiteOrigin(path: settings.origin),
            shared: managed.map { RedisSharedTier(settings.tier, service: $0.makeService().service) }
                ?? RedisSharedTier(settings.tier, pool: pool, server: server),
            // Only its own host is asked for.
            hosts: store.map { Array(repeating: $0, count: cluster.hosts) } ?? [], clock: HostClock(),
            surroundings: LiveWorld(
                pool: pool, prefix: settings.prefix, namespace: settings.tier.namespace, folder: nil),
            prefix: settings.prefix, injector: nil)
        let seating = TaskSeating(
            starter: InstanceStarter(
                parts: parts,
                configuration: HierarchyConfiguration(
                    cluster, in: .live, defects: settings.defects),
                cluster: cluster, isSkewed: settings.isSkewed,
                watchesCommits: settings.watchesCommits, schemas: SchemaTable(settings.keysInUse)),
            observesBus: settings.observesBus)
        let (member, workers) = try await seating.seat(
            settings.number, of: cluster, recorder: recorder, ledger: InvalidationLedger(),
            incarnation: settings.incarnation, journal: journal)
        return Parts(member: member, workers: workers, pool: pool, managed: managed, log: log)
    }
}

import AdapterProtocol
import CacheHierarchy
import Foundation
import History
import Processes
import RedisClient
import Scenarios
import Support

/// The reference cache as a subject like any other: through the adapter protocol, with the runner's origin.
///
/// What it is to be is said under `config`: `layers` (`L1 L2 redis`), `invalidation` (`acknowledged` or `announced`),
/// `lease` (`1h`: so long that no sign of life comes between) and `defects`, names with spaces between them.
package struct ReferenceCache: LocalCache {
    package let description: AdapterDescription
    private let instance: CacheInstance
    private let workers: Workers
    private let pool: RedisPool

    /// What cannot be made of the configuration.
    struct WrongConfiguration: Error, CustomStringConvertible {
        let description: String
    }

    package static let subject = LocalSubject { try await ReferenceCache($0) }

    init(_ surroundings: LocalSurroundings) async throws {
        let start = surroundings.start
        let settings = try Settings(start.configuration)
        guard let url = start.redis, let server = try? RedisConfiguration(url: url) else {
            throw WrongConfiguration(description: "the reference cache needs the URL of a Redis")
        }
        pool = RedisPool(server)
        let name = start.namespace.hasSuffix(":") ? String(start.namespace.dropLast()) : start.namespace
        let namespace = RedisNamespace(raw: name, after: "")
        let host =
            settings.cluster.declaration(of: .l3) == nil
            ? nil
            : try SQLiteHostStore(
                path: "\(start.directory)/\(NameKey(start.namespace).hashValue).l3", capacity: 10_000)
        let shared = RedisSharedTier(RedisSharedTier.Configuration(namespace: namespace), pool: pool, server: server)
        instance = try await CacheInstance.start(
            id: "\(start.namespace)\(start.instance)",
            configuration: HierarchyConfiguration(settings.cluster, in: .live, defects: settings.defects),
            origin: RunnersOrigin(ask: surroundings.origin), shared: shared, host: host)
        workers = Workers((0..<max(1, start.workers)).map { [instance] _ in instance.makeWorker() })
        description = AdapterDescription(
            name: "the reference cache", version: "",
            operations: [.read, .readMany, .write, .delete, .invalidate, .invalidateTag, .inspect],
            layers: settings.cluster.layers.map(\.layer.name).filter { $0 != "L1" },
            promise: settings.cluster.invalidation.rawValue,
            grace: settings.cluster.invalidation == .announced ? 1_000 : nil)
    }

    /// A client for each worker of the runner.
    private struct Workers: @unchecked Sendable {
        // Unchecked, because a worker of the runner asks for one thing after the other: no client is used by two tasks
        // at a time.
        private let clients: [CacheWorker]

        init(_ clients: [CacheWorker]) { self.clients = clients }

        subscript(number: Int) -> CacheWorker? { clients.indices.contains(number) ? clients[number] : nil }
    }

    private struct Settings {
        var cluster = Cluster()
        var defects: Set<Defect> = []

        init(_ configuration: [String: String]) throws {
            let layers = (configuration["layers"] ?? "L1 L2 redis").split(separator: " ").map(String.init)
            cluster.layers = try layers.map { name in
                guard let layer = Layer(name: name), layer != .origin else {
                    throw WrongConfiguration(
                        description: "config.layers: found \(name.printable); expected L1, L2, L3 or redis")
                }
                return LayerDeclaration(layer)
            }
            let word = configuration["invalidation"] ?? "acknowledged"
            guard let mode = InvalidationMode(rawValue: word) else {
                throw WrongConfiguration(
                    description: "config.invalidation: found \(word.printable); expected acknowledged or announced")
            }
            cluster.invalidation = mode
            let lease = configuration["lease"] ?? "1h"
            guard let duration = Duration(text: lease), duration >= Cluster.shortestLease else {
                throw WrongConfiguration(
                    description: "config.lease: found \(lease.printable); expected a time such as 1h")
            }
            cluster.lease = duration
            for name in (configuration["defects"] ?? "").split(separator: " ").map(String.init) {
                guard let defect = Defect(rawValue: name) else {
                    throw WrongConfiguration(description: "config.defects: \(name.printable) is no defect")
                }
                defects.insert(defect)
            }
        }
    }

    /// The client of the worker that asks; a new one for work that is nobody's.
    private var worker: CacheWorker {
        LocalSurroundings.worker.flatMap { workers[$0] } ?? instance.makeWorker()
    }

    package func perform(_ request: AdapterRequest) async -> AdapterAnswer.Outcome {
        do {
            guard request.operation == .shutdown || description.operations.contains(request.operation) else {
                return .unsupported("the reference cache has no \(request.operation.rawValue)")
            }
            return .ok(try await result(of: request))
        } catch let error as CacheError where !error.isOutcomeUnknown {
            return .failed("\(error)")
        } catch {
            return [.read, .readMany, .inspect].contains(request.operation) ? .failed("\(error)") : .unknown("\(error)")
        }
    }

    private func result(of request: AdapterRequest) async throws -> AdapterResult {
        let key = request.key ?? ""
        var result = AdapterResult()
        switch request.operation {
        case .read:
            let reading = try await worker.read(key)
            result.value = Self.found(reading)
            result.layer = reading.layer.name
        case .readMany:
            result.findings = try await worker.read(request.keys ?? []).map {
                AdapterResult.Finding(found: Self.found($0), layer: $0.layer.name)
            }
        case .write:
            _ = try await worker.write(key, Array((request.value ?? "").utf8), tags: request.tags ?? [])
        case .delete: _ = try await worker.delete(key)
        case .invalidate: _ = try await worker.invalidate(keys: [key])
        case .invalidateTag: _ = try await worker.invalidate(tags: [request.tag ?? ""])
        case .inspect:
            guard let layer = request.layer.flatMap({ Layer(name: $0) }) else { break }
            let entries = try await instance.inspect(layer, request.keys ?? []) ?? [:]
            result.entries = entries.compactMapValues { $0.value.map { String(decoding: $0, as: UTF8.self) } }
        case .shutdown:
            await instance.stop()
            await pool.close()
        case .initialise, .clear, .quiesce, .reset: break
        }
        return result
    }

    private static func found(_ reading: CacheReading) -> AdapterResult.Found {
        reading.value.map { .value(String(decoding: $0, as: UTF8.self)) } ?? .nothing
    }
}

/// The runner's origin, as the cache asks one.
private struct RunnersOrigin: Origin {
    let ask: @Sendable (AdapterAsk) async -> OriginAnswer.Outcome

    /// What the origin said that is no answer.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    func load(_ key: String) async throws -> OriginRecord {
        switch await ask(AdapterAsk(.load, key: key, worker: LocalSurroundings.worker, start: 0)) {
        case .loaded(let value, let tags, let version):
            return OriginRecord(version: version, value: value.map { Array($0.utf8) }, tags: tags)
        case .committed: throw Refusal(description: "a load was answered as a commit")
        case .failed(let why): throw Refusal(description: why)
        }
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        let text = value.map { String(decoding: $0, as: UTF8.self) }
        switch await ask(AdapterAsk(.commit(text), key: key, worker: LocalSurroundings.worker, start: 0)) {
        case .loaded(_, _, let version), .committed(let version): return version
        case .failed(let why): throw Refusal(description: why)
        }
    }
}

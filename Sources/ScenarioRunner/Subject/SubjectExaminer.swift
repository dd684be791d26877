import AdapterProtocol
import Foundation
import Judging
import Processes
import RedisClient

/// Examines an adapter as one instance of a run would use it: with a Redis of its own, a folder and a namespace.
package enum SubjectExaminer {
    /// - Parameter withRedis: whether the cache needs a Redis.
    /// - Throws: ``WorldError`` if none is to be had.
    package static func examine(
        _ command: String, answerLimit: Duration, withRedis: Bool = true, workers: Int = 16
    ) async throws -> AdapterExamination.Report {
        var configuration = AdapterProcess.Configuration(command: command)
        configuration.answerLimit = answerLimit
        guard withRedis else {
            let caretaker = try await Caretaker.start(server: nil)
            entrust(&configuration, to: caretaker)
            let report = await AdapterExamination.examine(
                configuration, start: start(workers: workers, folder: caretaker.folder, redis: nil))
            await caretaker.stop()
            return report
        }
        let server = try await RedisServer.open(.privateServer)
        entrust(&configuration, to: server.caretaker)
        let forwarder = try Forwarder { [endpoint = server.configuration.endpoint] in Socket.connect(to: endpoint) }
        do {
            let port = try await forwarder.addRouteByPort("examined")
            let redis = server.configuration.reached(through: port).url
            let report = await AdapterExamination.examine(
                configuration, start: start(workers: workers, folder: server.folder, redis: redis))
            await forwarder.stop()
            await server.close()
            return report
        } catch {
            await forwarder.stop()
            await server.close()
            throw error
        }
    }

    /// Whatever ends this process, the caretaker ends the adapter.
    private static func entrust(_ configuration: inout AdapterProcess.Configuration, to caretaker: Caretaker) {
        let registry = ProcessRegistry(caretaker, leadsGroups: true)
        configuration.mark = registry.mark
        configuration.onStart = { registry.started($0) }
        configuration.onEnd = { registry.ended($0) }
    }

    private static func start(workers: Int, folder: String, redis: String?) -> AdapterStart {
        AdapterStart(workers: workers, redis: redis, directory: folder, namespace: "coherence:examined:")
    }
}

import CacheHierarchy
import CacheProviders
import Foundation
import History
import Support

/// A worker process of a service, with a cache chosen by its settings. It executes the lines of standard input and
/// answers each with a line.
///
///     read KEY            the version, the layer that served it, and the value
///     write KEY VALUE     the version
///     write-and-die KEY VALUE    the process is killed right after the commit of the storage, and does not answer
///     state               serving, or degraded and the reason
@main
struct ProviderWorker {
    static func main() async throws {
        let file = ProcessInfo.processInfo.environment["CACHE_FILE"]
        let settings: ProviderSettings
        do {
            settings = try await ProviderSettings.load(file: file)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(64)
        }
        let death = DeathAtCommit()
        let provider = try await HierarchyProvider.start(settings) { DyingOrigin(base: $0, death: death) }
        let session = provider.makeSession()
        say("ready \(provider.kind.rawValue)")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            do {
                say(try await answer(words, session, provider, death))
            } catch {
                say("error \(error)")
            }
        }
        await provider.close()
    }

    nonisolated(nonsending) private static func answer(
        _ words: [String], _ session: any CacheSession, _ provider: HierarchyProvider, _ death: DeathAtCommit
    ) async throws -> String {
        switch (words.first, words.count) {
        case ("read", 2):
            let reading = try await session.read(words[1])
            return "\(reading.version) \(reading.layer.name) \(String(decoding: reading.value ?? [], as: UTF8.self))"
        case ("write", 3), ("write-and-die", 3):
            if words[0] == "write-and-die" { death.isDue.withLock { $0 = true } }
            return "\(try await session.write(words[1], Array(words[2].utf8), tags: []).version ?? 0)"
        case ("state", 1): return "\(provider.state)"
        default: return "error: found \"\(words.joined(separator: " "))\"; expected read, write, write-and-die or state"
        }
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line.replacing("\n", with: " ") + "\n").utf8))
    }
}

/// Whether the process is to end at the next commit of its storage.
private final class DeathAtCommit: Sendable {
    let isDue = Lock(false)
}

/// The storage of the worker, whose process may have to end between a commit and whatever comes after it.
private struct DyingOrigin: Origin {
    let base: any Origin
    let death: DeathAtCommit

    func load(_ key: String) async throws -> OriginRecord { try await base.load(key) }

    func load(_ keys: [String]) async throws -> [OriginRecord] { try await base.load(keys) }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        let version = try await base.commit(key, value: value, tags: tags)
        if death.isDue.withLock({ $0 }) {
            kill(getpid(), SIGKILL)
            // The signal takes effect before the call returns, or a moment later on another thread.
            while true { pause() }
        }
        return version
    }
}

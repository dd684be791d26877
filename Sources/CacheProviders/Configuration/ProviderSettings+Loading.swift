import Configuration
import Foundation
import History
import RedisClient
import Support
import SystemPackage

extension ProviderSettings {
    /// The names of all settings as in files. Arguments have `--` before them. Environment variables have capitals
    /// and `_`.
    public static let names =
        switches + [
            "cache-provider", "cache-storage-path", "redis-url", "redis-timeout-milliseconds", "memory-cache-size",
            "memory-cache-ttl-seconds", "redis-cache-ttl-seconds", "cache-poll-milliseconds",
        ]

    private static let switches = ["enable-memory-cache", "enable-redis-cache"]

    /// Reads the settings of a service. If several sources have a setting, the first of these counts: arguments,
    /// environment, file. A setting without a value has its default.
    ///
    /// - Parameters:
    ///   - arguments: the arguments with the name of the program first. Arguments of other parts of the program are
    ///     ignored.
    ///   - environment: the environment variables.
    ///   - file: a file in YAML if its name ends in `.yaml` or `.yml`, otherwise in JSON.
    /// - Throws: ``ProviderSettingsError`` with every error; the library's error for a file that cannot be read.
    public static func load(
        arguments: [String] = CommandLine.arguments,
        environment: [String: String] = ProcessInfo.processInfo.environment, file: String? = nil
    ) async throws -> ProviderSettings {
        var sources: [any ConfigProvider] = [
            CommandLineArgumentsProvider(arguments: arguments),
            EnvironmentVariablesProvider(environmentVariables: environment),
        ]
        if let file {
            let isYAML = file.hasSuffix(".yaml") || file.hasSuffix(".yml")
            sources.append(
                isYAML
                    ? try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))
                    : try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
        }
        return try read(sources, misspelt: misspeltSwitches(in: environment))
    }

    /// Finds misspelt switches in the environment. Such a switch would have no effect, and the service would run
    /// without its cache.
    private static func misspeltSwitches(in environment: [String: String]) -> [ProviderSettingsError.Mistake] {
        let known = switches.map { $0.uppercased().replacing("-", with: "_") }
        return environment.keys.sorted().compactMap { name in
            guard name.uppercased().hasPrefix("ENABLE"), name.uppercased().contains("CA"),
                !known.contains(name.uppercased()), let meant = NearestWord.suggestion(for: name, among: known)
            else { return nil }
            return .init(
                variable: name, found: "an unknown switch", expected: known.joined(separator: " or "), suggestion: meant
            )
        }
    }

    private static func read(
        _ sources: [any ConfigProvider], misspelt: [ProviderSettingsError.Mistake]
    ) throws(ProviderSettingsError) -> ProviderSettings {
        var reader = SettingsReader(sources)
        var settings = ProviderSettings(readKind(&reader), storagePath: "")
        if let path = reader.text("cache-storage-path"), !path.text.isEmpty {
            settings.storagePath = path.text
        } else {
            reader.reject("cache-storage-path", found: "nothing", expected: "the path of the file with the records")
        }
        if let size = reader.whole("memory-cache-size", in: 1...100_000_000) { settings.memorySize = size }
        let longest = 366 * 86_400
        if let seconds = reader.whole("memory-cache-ttl-seconds", in: 1...longest) {
            settings.memoryLifetime = .seconds(seconds)
        }
        if let seconds = reader.whole("redis-cache-ttl-seconds", in: 1...longest) {
            settings.redisLifetime = .seconds(seconds)
        }
        if let milliseconds = reader.whole("cache-poll-milliseconds", in: 1...1_000) {
            settings.pollInterval = .milliseconds(milliseconds)
        }
        settings.redis = readRedis(&reader, isNeeded: settings.kind.usesRedis)
        let mistakes = misspelt + reader.mistakes
        if !mistakes.isEmpty { throw ProviderSettingsError(mistakes: mistakes) }
        return settings
    }

    /// Reads the kind of the cache. Both switches mean tiered, one means that cache, none means no cache.
    /// `cache-provider` names the kind directly.
    private static func readKind(_ reader: inout SettingsReader) -> ProviderKind {
        let memory = reader.isOn("enable-memory-cache")
        let redis = reader.isOn("enable-redis-cache")
        guard let named = reader.choice("cache-provider", ProviderKind.self) else {
            switch (memory?.isOn ?? false, redis?.isOn ?? false) {
            case (true, true): return .tiered
            case (true, false): return .memory
            case (false, true): return .redis
            case (false, false): return .none
            }
        }
        for (given, isMeant) in [(memory, named.choice.layers.contains(.l2)), (redis, named.choice.usesRedis)] {
            guard let given, given.isOn != isMeant else { continue }
            reader.reject(
                given.variable, found: "\(given.isOn), and \(named.variable) is \(named.choice.rawValue)",
                expected: "\(isMeant), or no \(given.variable)")
        }
        return named.choice
    }

    private static func readRedis(_ reader: inout SettingsReader, isNeeded: Bool) -> RedisConfiguration? {
        let timeout =
            reader.whole("redis-timeout-milliseconds", in: 1...60_000).map { Duration.milliseconds($0) }
            ?? defaultRedisTimeout
        guard let url = reader.text("redis-url") else {
            if isNeeded {
                reader.reject(
                    "redis-url", found: "nothing, and a cache that needs a Redis",
                    expected: "redis://[user:password@]host[:port][/database] or unix:///path[?db=number]")
            }
            return nil
        }
        do {
            var configuration = try RedisConfiguration(url: url.text)
            configuration.clientName = "cache"
            configuration.connectTimeout = timeout
            configuration.commandTimeout = timeout
            return configuration
        } catch {
            // The error contains no password.
            reader.reject(
                url.variable, found: error.message, expected: "redis://[user:password@]host[:port][/database]")
            return nil
        }
    }
}

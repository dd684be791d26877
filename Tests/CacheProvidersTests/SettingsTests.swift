import CacheProviders
import Foundation
import History
import RedisClient
import Testing

/// Settings in three sources, and the expected result.
struct SettingsCase: Sendable, CustomTestStringConvertible {
    let title: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var file: String?
    var isJSON = false
    /// The provider, or the errors.
    let gives: String

    var testDescription: String { title }

    func result() async throws -> String {
        var path: String?
        if let file {
            let name = "settings-\(UUID().uuidString).\(isJSON ? "json" : "yaml")"
            path = FileManager.default.temporaryDirectory.appending(path: name).path
            try file.write(toFile: path!, atomically: true, encoding: .utf8)
        }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        var environment = environment
        environment["CACHE_STORAGE_PATH"] = "/tmp/records"
        do {
            let settings = try await ProviderSettings.load(
                arguments: ["service"] + arguments, environment: environment, file: path)
            return "\(settings.kind.rawValue) \(settings.memorySize)"
        } catch let error as ProviderSettingsError {
            return error.description
        }
    }
}

@Suite("Settings of a provider")
struct SettingsTests {
    static let url = "redis://localhost"

    static let choices: [SettingsCase] = [
        SettingsCase(title: "Nothing is set", gives: "none 10000"),
        SettingsCase(
            title: "Both are off", environment: ["ENABLE_MEMORY_CACHE": "false", "ENABLE_REDIS_CACHE": "0"],
            gives: "none 10000"),
        SettingsCase(title: "Memory alone", environment: ["ENABLE_MEMORY_CACHE": "true"], gives: "memory 10000"),
        SettingsCase(
            title: "Redis alone", environment: ["ENABLE_REDIS_CACHE": "1", "REDIS_URL": url], gives: "redis 10000"),
        SettingsCase(
            title: "Both",
            environment: ["ENABLE_MEMORY_CACHE": "yes", "ENABLE_REDIS_CACHE": "TRUE", "REDIS_URL": url],
            gives: "tiered 10000"),
        SettingsCase(title: "One word", environment: ["CACHE_PROVIDER": "memory"], gives: "memory 10000"),
        SettingsCase(
            title: "One word, and switches that say the same",
            environment: ["CACHE_PROVIDER": "memory", "ENABLE_MEMORY_CACHE": "true", "ENABLE_REDIS_CACHE": "false"],
            gives: "memory 10000"),
        SettingsCase(title: "A YAML file", file: "enable-memory-cache: true\nmemory-cache-size: 7", gives: "memory 7"),
        SettingsCase(
            title: "A JSON file", file: #"{"enable-memory-cache": true, "memory-cache-size": 7}"#, isJSON: true,
            gives: "memory 7"),
        SettingsCase(
            title: "The environment is above the file", environment: ["MEMORY_CACHE_SIZE": "8"],
            file: "enable-memory-cache: true\nmemory-cache-size: 7", gives: "memory 8"),
        SettingsCase(
            title: "Arguments are above all", arguments: ["--memory-cache-size", "9", "--other", "x"],
            environment: ["MEMORY_CACHE_SIZE": "8", "ENABLE_MEMORY_CACHE": "false"],
            file: "enable-memory-cache: true\nmemory-cache-size: 7", gives: "none 9"),
        SettingsCase(
            title: "A bare argument is a switch", arguments: ["--enable-memory-cache"],
            environment: ["ENABLE_MEMORY_CACHE": "false"], gives: "memory 10000"),
    ]

    @Test("The settings decide the cache, in the order arguments, environment, file, default", arguments: choices)
    func choice(_ example: SettingsCase) async throws {
        #expect(try await example.result() == example.gives)
    }

    static let mistakes: [SettingsCase] = [
        SettingsCase(
            title: "A misspelt value", environment: ["ENABLE_MEMORY_CACHE": "ture"],
            gives: #"ENABLE_MEMORY_CACHE: found "ture"; expected true or false; did you mean true?"#),
        SettingsCase(
            title: "A misspelt provider", arguments: ["--cache-provider", "teired"],
            gives:
                #"--cache-provider: found "teired"; expected one of memory, redis, tiered, none;"#
                + " did you mean tiered?"),
        SettingsCase(
            title: "A misspelt switch", environment: ["ENABLE_MEMORY_CASHE": "true"],
            gives: """
                ENABLE_MEMORY_CASHE: found an unknown switch; expected ENABLE_MEMORY_CACHE or ENABLE_REDIS_CACHE; \
                did you mean ENABLE_MEMORY_CACHE?
                """),
        SettingsCase(
            title: "A contradiction", environment: ["CACHE_PROVIDER": "memory", "ENABLE_REDIS_CACHE": "true"],
            gives: """
                ENABLE_REDIS_CACHE: found true, and CACHE_PROVIDER is memory; expected false, or no ENABLE_REDIS_CACHE
                """),
        SettingsCase(
            title: "A Redis that is nowhere", environment: ["ENABLE_REDIS_CACHE": "true"],
            gives: """
                redis-url: found nothing, and a cache that needs a Redis; expected \
                redis://[user:password@]host[:port][/database] or unix:///path[?db=number]
                """),
        SettingsCase(
            title: "A URL of something else, whose password is not told",
            environment: ["ENABLE_REDIS_CACHE": "true", "REDIS_URL": "http://:geheim@host"],
            gives: """
                REDIS_URL: found "…@host" is not the URL of a Redis server: its scheme is "http"; use redis or unix; \
                expected redis://[user:password@]host[:port][/database]
                """),
        SettingsCase(
            title: "Two mistakes at once, in a file and in an argument",
            arguments: ["--memory-cache-size", "many"], file: "enable-memory-cache: maybe",
            gives: """
                enable-memory-cache: found "maybe"; expected true or false
                --memory-cache-size: found "many"; expected a whole number from 1 to 100000000
                """),
    ]

    @Test(
        "An invalid setting is reported with its variable, its value, the expectation and the nearest word",
        arguments: mistakes)
    func mistake(_ example: SettingsCase) async throws {
        #expect(try await example.result() == example.gives)
    }
}

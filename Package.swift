// swift-tools-version: 6.2
import PackageDescription

/// An asynchronous function runs where its caller does, and does not ask at each call and each return where that is.
let staysWithCaller: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let package = Package(
    name: "swift-cache-coherence",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CacheHierarchy", targets: ["CacheHierarchy"]),
        .library(name: "CacheProviders", targets: ["CacheProviders", "CacheHierarchy", "History"]),
        .library(name: "Checking", targets: ["Checking", "History"]),
        // For LD_PRELOAD. Nothing links it.
        .library(name: "ClockShim", type: .dynamic, targets: ["ClockShim"]),
        .library(name: "CoherenceTesting", targets: ["CoherenceTesting"]),
        .executable(name: "coherence", targets: ["coherence"]),
        .library(name: "EventBridge", targets: ["EventBridge"]),
        .library(name: "PrometheusMetrics", targets: ["PrometheusMetrics"]),
        .library(name: "RedisClient", targets: ["RedisClient"]),
        .library(name: "Simulation", targets: ["Simulation"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["JSON", "YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CHiredis", pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis", "Support",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .target(name: "EventBridge", dependencies: ["Support", "RedisClient"]),
        .target(name: "SimulatedRedis", dependencies: ["RedisClient"]),
        .target(name: "Support"),
        .target(name: "History", dependencies: ["Support"]),
        .target(
            name: "CacheHierarchy",
            dependencies: [
                "History", "RedisClient", "Support", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "CacheProviders",
            dependencies: [
                "CacheHierarchy", "History", "Support", "RedisClient",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "provider-worker", dependencies: ["CacheHierarchy", "CacheProviders", "History", "Support"]),
        .testTarget(
            name: "CacheProvidersTests",
            dependencies: [
                "CacheHierarchy", "CacheProviders", "History", "Judging", "PrometheusMetrics", "provider-worker",
                "RedisClient", "Reporting", "ScenarioRunner", "Scenarios", "Support", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "providers-benchmark", dependencies: ["CacheHierarchy", "CacheProviders", "History"],
            path: "Benchmarks/Providers"),
        .target(
            name: "SimulatedSharedTier",
            dependencies: ["CacheHierarchy", "RedisClient", "SimulatedRedis", "Support"]),
        .target(name: "Checking", dependencies: ["History"]),
        .target(name: "Scenarios", dependencies: ["History", "Support", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Judging",
            dependencies: [
                "Checking", "History", "Scenarios", "Support",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "Processes",
            dependencies: [
                "RedisClient", "Support",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: staysWithCaller),
        // What holds messages and time back from processes that run as they are: see Documentation/Gates.md.
        .target(name: "ClockPage"),
        // Whoever preloads it must not get the Swift runtime with it, nor the C++ one.
        .target(
            name: "ClockShim", dependencies: ["ClockPage"],
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-nostartfiles", "-no-toolchain-stdlib-rpath", "-use-ld=lld", "-Xlinker",
                        "--remap-inputs=*libswiftCore.*=/dev/null", "-Xlinker", "--remap-inputs=*libstdc++.*=/dev/null",
                    ], .when(platforms: [.linux]))
            ]),
        .target(
            name: "Gates",
            dependencies: [
                "ClockPage", "History", "Support", .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .testTarget(name: "GatesTests", dependencies: ["Gates", "TestSupport"]),
        .target(
            name: "GatedWorld",
            dependencies: [
                "AdapterProtocol", "CacheHierarchy", "Checking", "Gates", "History", "Judging", "Processes", "RedisClient",
                "ScenarioRunner", "Scenarios", "Support",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "Exploration",
            dependencies: [
                "CacheHierarchy", "Checking", "GatedWorld", "Gates", "History", "Judging", "Processes", "ScenarioRunner",
                "Scenarios", "Simulation", "Support",
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "ScenarioRunner",
            dependencies: [
                "AdapterProtocol", "CacheHierarchy", "CacheProviders", "Checking", "History", "Judging", "Processes", "RedisClient",
                "Scenarios", "Simulation", "Support", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "PrometheusMetrics",
            dependencies: [
                "Support",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: [
                "PrometheusMetrics", "TestSupport", .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]),
        .target(
            name: "BridgeTrial",
            dependencies: [
                "EventBridge", "Judging", "Processes", "RedisClient", "Scenarios", "Support",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .testTarget(
            name: "BridgeTrialTests",
            dependencies: ["BridgeTrial", "EventBridge", "Judging", "RedisClient", "Scenarios"]),
        .target(
            name: "Reporting",
            dependencies: [
                "AdapterProtocol", "BridgeTrial", "CacheHierarchy", "Checking", "EventBridge", "Exploration", "History",
                "Judging", "ScenarioRunner", "Scenarios", "Support", .product(name: "CoreMetrics", package: "swift-metrics"),
            ]),
        .target(
            name: "HTMLReport",
            dependencies: [
                "BridgeTrial", "Checking", "Exploration", "History", "Judging", "Reporting", "Scenarios",
            ],
            resources: [.embedInCode("Resources/report.css"), .embedInCode("Resources/report.js")]),
        .testTarget(
            name: "HTMLReportTests",
            dependencies: [
                "CacheHierarchy", "Checking", "Exploration", "History", "HTMLReport", "Judging", "Reporting",
                "ScenarioRunner", "Scenarios", "TestSupport",
            ]),
        .executableTarget(
            name: "coherence",
            dependencies: [
                "AdapterProtocol", "BridgeTrial", "CacheHierarchy", "EventBridge", "Exploration", "GatedWorld", "History",
                "Judging",
                "Processes",
                "PrometheusMetrics", "RedisClient", "HTMLReport", "Reporting", "ScenarioRunner", "Scenarios", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            resources: [.embedInCode("Templates")]),
        .target(
            name: "AdapterProtocol",
            dependencies: [
                "History", "Processes", "Support", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "AdapterProtocolTests", dependencies: ["AdapterProtocol", "History", "Processes", "TestSupport"]),
        .executableTarget(
            name: "adapter-benchmark",
            dependencies: [
                "AdapterProtocol", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Benchmarks/Adapters", exclude: ["Programs"]),
        // For the tests of a Swift package: its own cache is the subject of scenario files.
        .target(
            name: "CoherenceTesting",
            dependencies: [
                "AdapterProtocol", "CacheHierarchy", "Checking", "Exploration", "History", "Judging", "Processes",
                "Reporting",
                "ScenarioRunner", "Scenarios", "Support",
            ]),
        .testTarget(
            name: "CoherenceTestingTests",
            dependencies: ["CoherenceTesting", "RedisClient", "Support"], exclude: ["Scenarios"]),
        // The sample is a package of its own; here its sources are built with those of everything else.
        .target(name: "UserCaches", path: "Samples/SwiftCache/Sources/UserCaches"),
        .testTarget(
            name: "UserCachesTests", dependencies: ["CoherenceTesting", "UserCaches"],
            path: "Samples/SwiftCache/Tests/UserCachesTests", exclude: ["Scenarios"]),
        .target(name: "CSimulation"),
        .target(
            name: "Simulation",
            dependencies: [
                "CSimulation", "Support",
                .product(name: "BitCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .executableTarget(
            name: "simulation-benchmark", dependencies: ["Support", "Simulation"], path: "Benchmarks/Simulation"),
        .testTarget(
            name: "SimulationTests", dependencies: ["Support", "Simulation", "TestSupport", "simulation-benchmark"]),
        .executableTarget(
            name: "finding-benchmark",
            dependencies: ["CacheHierarchy", "Exploration", "History", "ScenarioRunner", "Scenarios", "Simulation"],
            path: "Benchmarks/Finding"),
        .target(name: "CAllocation", path: "Benchmarks/CAllocation"),
        .executableTarget(
            name: "soak-benchmark",
            dependencies: [
                "CacheHierarchy", "CAllocation", "History", "Processes", "RedisClient", "Simulation", "Support",
            ],
            path: "Benchmarks/Soak"),
        .executableTarget(
            name: "hierarchy-benchmark",
            dependencies: ["CacheHierarchy", "History", "Processes", "RedisClient"], path: "Benchmarks/Hierarchy"),
        // What several test targets need; no product.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "SupportTests", dependencies: ["Support"]),
        .testTarget(name: "CheckingTests", dependencies: ["Checking", "History", "Simulation", "TestSupport"]),
        .executableTarget(
            name: "checking-benchmark", dependencies: ["Checking", "History"], path: "Benchmarks/Checking"),
        .executableTarget(
            name: "streaming-benchmark", dependencies: ["Checking", "History"], path: "Benchmarks/Streaming"),
        .executableTarget(
            name: "redis-benchmark-swift", dependencies: ["RedisClient"], path: "Benchmarks/RedisClient",
            exclude: ["floor.c", "run"]),
        .executableTarget(
            name: "exploring-benchmark",
            dependencies: ["Exploration", "ScenarioRunner", "Scenarios", "Simulation", "Support"],
            path: "Benchmarks/Exploring"),
        .testTarget(
            name: "ScenariosTests",
            dependencies: [
                "History", "Scenarios", "Simulation", "Support", "TestSupport", .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(
            name: "HistoryTests", dependencies: ["Checking", "History", "Simulation", "Support", "TestSupport"]),
        .executableTarget(
            name: "reading-benchmark", dependencies: ["History", "Simulation"], path: "Benchmarks/Reading"),
        .testTarget(
            name: "EventBridgeTests",
            dependencies: ["EventBridge", "Processes", "RedisClient", "Support", "TestSupport"]),
        .testTarget(name: "RedisClientTests", dependencies: ["RedisClient", "Support", "TestSupport"]),
        .testTarget(
            name: "CacheHierarchyTests",
            dependencies: [
                "CacheHierarchy", "History", "RedisClient", "SimulatedRedis", "SimulatedSharedTier", "Simulation",
                "Support", "TestSupport",
            ]),
        .testTarget(
            name: "SimulatedRedisTests",
            dependencies: [
                "CacheHierarchy", "Support", "RedisClient", "SimulatedRedis", "SimulatedSharedTier", "Simulation",
                "TestSupport",
            ],
            exclude: ["Differential/ServerTime.c"]),
        .executableTarget(
            name: "simulated-redis-benchmark", dependencies: ["RedisClient", "SimulatedRedis"],
            path: "Benchmarks/SimulatedRedis"),
        .testTarget(name: "TidyTests", exclude: ["to-do.txt"]),
        .testTarget(
            name: "InvalidationChainTests", dependencies: ["Judging", "Reporting", "ScenarioRunner", "Scenarios"]),
        // What `coherence check` does, and nothing else: a test looks at what is linked.
        .executableTarget(name: "judging-alone", dependencies: ["Judging"], path: "Tests/JudgingAlone"),
        .testTarget(
            name: "JudgingTests", dependencies: ["Checking", "History", "Judging", "Scenarios", "TestSupport"]),
        .testTarget(name: "ProcessesTests", dependencies: ["Processes", "RedisClient", "Support", "TestSupport"]),
        .testTarget(
            name: "ExplorationTests",
            dependencies: [
                "CacheHierarchy", "Checking", "Exploration", "GatedWorld", "History", "Judging", "Processes",
                "ScenarioRunner", "Scenarios", "Simulation", "Support", "TestSupport",
            ]),
        .testTarget(
            name: "ScenarioRunnerTests",
            dependencies: [
                "AdapterProtocol", "CacheHierarchy", "Checking", "History", "Judging", "Processes", "RedisClient",
                "ScenarioRunner", "Scenarios", "Simulation", "Support", "TestSupport",
            ]),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "BridgeTrial", "CacheHierarchy", "Checking", "EventBridge", "Exploration", "History", "Judging",
                "PrometheusMetrics", "Reporting", "ScenarioRunner", "Scenarios", "TestSupport",
            ], exclude: ["Golden"]),
        .testTarget(
            name: "CoherenceCommandTests",
            dependencies: [
                "BridgeTrial", "CacheHierarchy", "Checking", "coherence", "EventBridge", "History", "Judging",
                "judging-alone", "Processes", "RedisClient", "Reporting", "ScenarioRunner", "Scenarios", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// A file uses of a module only what it imports itself: no target gets at another by way of a third.
for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("MemberImportVisibility")]
}

// What fuzzes the readers of foreign bytes (Scripts/fuzz, Scripts/deep/history-fuzz). libFuzzer brings a main function of its
// own, so that an ordinary build cannot have that target.
if Context.environment["COHERENCE_FUZZING"] != nil {
    package.targets += [
        .executableTarget(
            name: "fuzz", dependencies: ["CHiredis", "History", "RedisClient", "Scenarios", "Simulation"],
            path: "Fuzzing/Targets", swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
        .executableTarget(
            name: "history-acceptance", dependencies: ["History"], path: "Fuzzing/Acceptance",
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
    ]
}

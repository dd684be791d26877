// swift-tools-version: 6.2
import PackageDescription

/// An asynchronous function runs where its caller does, and does not ask at each call and each return where that is.
let staysWithCaller: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let package = Package(
    name: "swift-cache-coherence",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CacheHierarchy", targets: ["CacheHierarchy"]),
        .library(name: "Checking", targets: ["Checking", "History"]),
        .executable(name: "coherence", targets: ["coherence"]),
        .library(name: "EventBridge", targets: ["EventBridge"]),
        .library(name: "PrometheusMetrics", targets: ["PrometheusMetrics"]),
        .library(name: "RedisClient", targets: ["RedisClient"]),
        .library(name: "Simulation", targets: ["Simulation"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CHiredis", pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "RedisClient",
            dependencies: ["CHiredis", "Locking", .product(name: "CoreMetrics", package: "swift-metrics")]),
        .target(name: "EventBridge", dependencies: ["Locking", "RedisClient"]),
        .target(name: "SimulatedRedis", dependencies: ["RedisClient"]),
        .target(name: "Locking"),
        .target(name: "History", dependencies: ["Locking"]),
        .target(
            name: "CacheHierarchy",
            dependencies: [
                "History", "Locking", "RedisClient",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "SimulatedSharedTier", dependencies: ["CacheHierarchy", "Locking", "RedisClient", "SimulatedRedis"]),
        .target(name: "Checking", dependencies: ["History"]),
        .target(name: "Scenarios", dependencies: ["History", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "ScenarioRunner",
            dependencies: [
                "CacheHierarchy", "Checking", "History", "Locking", "RedisClient", "Scenarios", "Simulation",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: staysWithCaller),
        .target(
            name: "PrometheusMetrics",
            dependencies: [
                "Locking",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "FlyingFox", package: "FlyingFox"),
            ]),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: ["PrometheusMetrics", .product(name: "Metrics", package: "swift-metrics")]),
        .target(
            name: "BridgeTrial",
            dependencies: [
                "EventBridge", "Locking", "RedisClient", "ScenarioRunner",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
        .target(
            name: "Reporting",
            dependencies: [
                "BridgeTrial", "Checking", "EventBridge", "History", "ScenarioRunner", "Scenarios",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]),
        .executableTarget(
            name: "coherence",
            dependencies: [
                "BridgeTrial", "CacheHierarchy", "EventBridge", "Locking", "PrometheusMetrics", "RedisClient",
                "Reporting", "ScenarioRunner", "Scenarios",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "CSimulation"),
        .target(name: "Simulation", dependencies: ["CSimulation", "Locking"]),
        .executableTarget(
            name: "simulation-benchmark", dependencies: ["Locking", "Simulation"], path: "Benchmarks/Simulation"),
        .testTarget(name: "SimulationTests", dependencies: ["Locking", "Simulation", "simulation-benchmark"]),
        .executableTarget(
            name: "finding-benchmark", dependencies: ["ScenarioRunner", "Scenarios"], path: "Benchmarks/Finding"),
        .executableTarget(
            name: "hierarchy-benchmark", dependencies: ["CacheHierarchy", "History"], path: "Benchmarks/Hierarchy"),
        .testTarget(name: "CheckingTests", dependencies: ["Checking", "History", "Simulation"]),
        .executableTarget(
            name: "checking-benchmark", dependencies: ["Checking", "History"], path: "Benchmarks/Checking"),
        .executableTarget(
            name: "streaming-benchmark", dependencies: ["Checking", "History"], path: "Benchmarks/Streaming"),
        .executableTarget(
            name: "redis-benchmark-swift", dependencies: ["RedisClient"], path: "Benchmarks/RedisClient",
            exclude: ["floor.c", "run"]),
        .executableTarget(
            name: "exploring-benchmark", dependencies: ["Locking", "ScenarioRunner", "Scenarios", "Simulation"],
            path: "Benchmarks/Exploring"),
        .testTarget(name: "ScenariosTests", dependencies: ["History", "Scenarios", "Simulation"]),
        .testTarget(name: "HistoryTests", dependencies: ["Checking", "History", "Simulation"]),
        .executableTarget(
            name: "reading-benchmark", dependencies: ["History", "Simulation"], path: "Benchmarks/Reading"),
        .testTarget(
            name: "EventBridgeTests", dependencies: ["EventBridge", "Locking", "RedisClient", "ScenarioRunner"]),
        .testTarget(name: "RedisClientTests", dependencies: ["RedisClient"]),
        .testTarget(
            name: "CacheHierarchyTests",
            dependencies: ["CacheHierarchy", "History", "Locking", "SimulatedSharedTier"]),
        .testTarget(
            name: "SimulatedRedisTests",
            dependencies: [
                "CacheHierarchy", "Locking", "RedisClient", "SimulatedRedis", "SimulatedSharedTier", "Simulation",
            ],
            exclude: ["Differential/ServerTime.c"]),
        .executableTarget(
            name: "simulated-redis-benchmark", dependencies: ["RedisClient", "SimulatedRedis"],
            path: "Benchmarks/SimulatedRedis"),
        .testTarget(
            name: "InvalidationChainTests", dependencies: ["Reporting", "ScenarioRunner", "Scenarios"]),
        .testTarget(
            name: "ScenarioRunnerTests",
            dependencies: [
                "CacheHierarchy", "Checking", "History", "Locking", "RedisClient", "ScenarioRunner", "Scenarios",
                "Simulation",
            ]),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Checking", "History", "PrometheusMetrics", "Reporting", "ScenarioRunner", "Scenarios"]),
        .testTarget(
            name: "CoherenceCommandTests",
            dependencies: ["coherence", .product(name: "Subprocess", package: "swift-subprocess")]),
    ],
    swiftLanguageModes: [.v6]
)

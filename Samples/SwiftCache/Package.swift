// swift-tools-version: 6.2
import PackageDescription

// A package as yours could be: a cache, and tests that ask scenario files of it.
let package = Package(
    name: "SwiftCache",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-cache-coherence", path: "../..")
    ],
    targets: [
        .target(name: "UserCaches"),
        .testTarget(
            name: "UserCachesTests",
            dependencies: [
                "UserCaches", .product(name: "CoherenceTesting", package: "swift-cache-coherence"),
            ],
            // Read where they lie.
            exclude: ["Scenarios"]),
    ],
    swiftLanguageModes: [.v6]
)

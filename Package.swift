// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-cache-coherence",
    platforms: [.macOS(.v15)],
    products: [
        
    ],
    targets: [
        .target(name: "History"),
    ],
    swiftLanguageModes: [.v6]
)

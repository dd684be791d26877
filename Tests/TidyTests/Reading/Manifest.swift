/// The targets that Package.swift declares, read from its text.
///
/// SwiftPM cannot be asked while its tests run: it waits for itself.
struct Manifest {
    struct Target: Equatable {
        var name: String
        /// The folder, relative to that of the package.
        var path: String
        /// The names of the targets and products that it may import.
        var dependencies: [String]
    }

    private(set) var targets: [Target] = []

    private let code: [UInt8]
    private let text: [UInt8]
    private let literals: [Range<Int>]

    private static let folders = [
        ".target(": "Sources", ".executableTarget(": "Sources", ".systemLibrary(": "Sources", ".testTarget(": "Tests",
    ]

    init(_ manifest: String) {
        let read = CodeText(manifest)
        code = read.code
        text = Array(manifest.utf8)
        literals = read.literals
        let calls = Self.folders.flatMap { call, folder in
            offsets(of: call, in: 0..<code.count).map { (brackets(from: $0 + call.utf8.count - 1), folder) }
        }
        for (arguments, folder) in calls {
            // Among the dependencies of a target, `.target(name:)` is a dependency and declares none.
            let isNested = calls.contains {
                $0.0.lowerBound < arguments.lowerBound && arguments.upperBound < $0.0.upperBound
            }
            guard !isNested, let name = literal(after: "name:", in: arguments) else { continue }
            targets.append(
                Target(
                    name: name, path: literal(after: " path:", in: arguments) ?? "\(folder)/\(name)",
                    dependencies: dependencies(in: arguments)))
        }
        targets.sort { $0.path < $1.path }
    }

    private func offsets(of word: String, in range: Range<Int>) -> [Int] {
        let word = Array(word.utf8)
        guard range.count >= word.count else { return [] }
        return (range.lowerBound...(range.upperBound - word.count)).filter {
            code[$0..<($0 + word.count)].elementsEqual(word)
        }
    }

    /// What the bracket at `offset` encloses.
    private func brackets(from offset: Int) -> Range<Int> {
        var (depth, at) = (0, offset)
        repeat {
            if "([".utf8.contains(code[at]) { depth += 1 }
            if ")]".utf8.contains(code[at]) { depth -= 1 }
            at += 1
        } while depth > 0 && at < code.count
        return (offset + 1)..<max(offset + 1, at - 1)
    }

    private func literal(after word: String, in range: Range<Int>) -> String? {
        guard let offset = offsets(of: word, in: range).first else { return nil }
        return literals.first { $0.lowerBound >= offset && range.contains($0.lowerBound) }
            .map { String(decoding: text[$0], as: UTF8.self) }
    }

    private func dependencies(in arguments: Range<Int>) -> [String] {
        guard let offset = offsets(of: "dependencies:", in: arguments).first,
            let bracket = (offset..<arguments.upperBound).first(where: { code[$0] == UInt8(ascii: "[") })
        else { return [] }
        let list = brackets(from: bracket)
        // The literal after `package:` names no module.
        let packages = offsets(of: "package:", in: list)
        return literals.filter { literal in
            list.contains(literal.lowerBound)
                && !packages.contains { $0 < literal.lowerBound && literal.lowerBound - $0 <= "package: \"".utf8.count }
        }.map { String(decoding: text[$0], as: UTF8.self) }
    }

    /// The module of a target or product.
    static func module(_ name: String) -> String { name.replacing("-", with: "_") }

    /// The target whose folder holds `path`.
    func target(of path: String) -> Target? {
        targets.filter { path.hasPrefix($0.path + "/") }.max { $0.path.count < $1.path.count }
    }
}

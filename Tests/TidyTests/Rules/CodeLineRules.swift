/// The rules about single lines of code.
enum CodeLineRules {
    static let systemModules: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML", "Darwin", "Dispatch", "Glibc",
        "Musl",
        "Synchronization", "Testing",
        "_Concurrency",
    ]

    /// A file imports what its target declares in Package.swift, and modules of the system.
    static func imports(_ file: SourceFile, in manifest: Manifest) -> [Offence] {
        let target = manifest.target(of: file.path)
        return imports(of: file).compactMap { module, line in
            guard !systemModules.contains(module) else { return nil }
            guard let target else {
                return Offence(
                    rule: .imports, path: file.path, line: line,
                    reason: "The file belongs to no target of Package.swift.")
            }
            guard !target.dependencies.map(Manifest.module).contains(module) else { return nil }
            return Offence(
                rule: .imports, path: file.path, line: line,
                reason: "The target `\(target.name)` does not declare that it imports `\(module)`.")
        }
    }

    /// The modules that `file` imports, with the line of each, counted from 1.
    static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
        file.codeLines.enumerated().compactMap { index, line in
            guard line.contains("import") else { return nil }
            let words = line.split(separator: " ")
            guard let word = words.firstIndex(of: "import"),
                words[..<word].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains(String($0)) })
            else { return nil }
            let named = words[(word + 1)...].drop {
                Declaration.types.contains(String($0)) || ["func", "var", "let"].contains($0)
            }
            return named.first.map { (String($0.prefix { $0 != "." && $0 != ";" }), index + 1) }
        }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

    /// Types whose errors are all the same one.
    static let withoutCode: Set<String> = ["CancellationError", "LineSplitter.TooLong", "Never"]

    /// A test that expects an error checks which one, and not only its type.
    static func errorCodes(_ file: SourceFile) -> [Offence] {
        file.codeLines.indices.compactMap { index in
            let line = file.codeLines[index]
            guard line.contains("(throws:") else { return nil }
            for macro in ["#expect(throws:", "#require(throws:"] {
                guard let call = line.firstRange(of: macro) else { continue }
                let argument = line[call.upperBound...].drop { $0 == " " }.prefix { !",)".contains($0) }
                guard argument.hasSuffix(".self"), !withoutCode.contains(String(argument.dropLast(5))) else { continue }
                // The macro returns the error, which must go somewhere.
                let before = line[..<call.lowerBound].split(separator: " ").filter { !["try", "await"].contains($0) }
                let isIgnored = before.isEmpty || before.last?.hasSuffix("{") == true || before.suffix(2) == ["_", "="]
                guard isIgnored else { continue }
                return Offence(
                    rule: .errorCode, path: file.path, line: index + 1,
                    reason: "The test checks the type `\(argument.dropLast(5))` only. Check the error's code, too.")
            }
            return nil
        }
    }
}

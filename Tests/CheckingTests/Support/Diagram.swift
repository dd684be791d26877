import History

/// A history drawn as a timing diagram, one operation a line, time running to the right.
///
///     A1 write x 1 cluster   [---]
///     B2 read x 1 L2               [--]
///
/// The letter is the instance, the number its worker (none: the instance's own work). `[` and `]` are where it starts
/// and ends, `|` is a point, `>` in place of `]` says that it never returned. Ids are the numbers of the lines, from 1.
///
/// Words after the kind: the key; a number is the version; `#7` a value; a layer's name; `from` and a layer; a scope
/// (`none`, `instance`, `cluster`); `+tag` a tag; `of 3` the cause; `failed`, `unknown`; `gone` a tombstone; `absent`.
func diagram(_ drawing: String, unit: Int64 = 1) -> History {
    let recorder = Recorder()
    var operations: [Operation] = []
    for line in drawing.split(separator: "\n") where !line.allSatisfy({ $0 == " " }) {
        let characters = Array(line)
        guard let first = characters.firstIndex(where: { $0 == "[" || $0 == "|" }),
            let last = characters.lastIndex(where: { $0 == "]" || $0 == "|" || $0 == ">" })
        else { fatalError("no interval in: \(line)") }
        let words = String(characters[..<first]).split(separator: " ").map(String.init)
        var operation = Operation(
            id: Int64(operations.count + 1), kind: kind(words[1]), start: Int64(first) * unit,
            end: characters[last] == ">" ? Operation.never : Int64(last) * unit)
        operation.instance = Int32(words[0].unicodeScalars.first!.value - 65)
        operation.worker = Int32(words[0].dropFirst()) ?? -1
        read(words.dropFirst(2), into: &operation, recorder)
        operations.append(operation)
    }
    let names = recorder.names
    return History(operations: operations, keys: names.keys, tagSets: names.tagSets)
}

/// A line of a diagram, with its interval at a column.
func line(_ words: String, _ interval: String, at column: Int) -> String {
    words + String(repeating: " ", count: column - words.count) + interval
}

extension Recorder {
    fileprivate var names: (keys: [String], tagSets: [[String]]) {
        let empty = history()
        return (empty.keys, empty.tagSets)
    }
}

private func kind(_ word: String) -> Operation.Kind {
    guard let kind = Operation.Kind.allCases.first(where: { "\($0)" == word }) else { fatalError("no kind \(word)") }
    return kind
}

private func read(_ words: ArraySlice<String>, into operation: inout Operation, _ recorder: Recorder) {
    var tags: [String] = []
    var rest = words
    while let word = rest.popFirst() {
        if let layer = Layer(name: word) {
            operation.layer = layer
        } else if let outcome = Operation.Outcome.allCases.first(where: { "\($0)" == word }) {
            operation.outcome = outcome
        } else if let scope = Operation.Scope.allCases.first(where: { "\($0)" == word }) {
            operation.scope = scope
        } else if let number = Int64(word) {
            operation.version = number
        } else if word.hasPrefix("#") {
            operation.value = Int64(word.dropFirst())!
        } else if word.hasPrefix("+") {
            tags.append(String(word.dropFirst()))
        } else {
            switch word {
            case "from": operation.source = Layer(name: rest.popFirst()!)!
            case "of": operation.cause = Int64(rest.popFirst()!)!
            case "gone": operation.isTombstone = true
            case "absent": operation.isAbsent = true
            default: operation.key = recorder.number(ofKey: word)
            }
        }
    }
    operation.tagSet = recorder.number(ofTags: tags)
}

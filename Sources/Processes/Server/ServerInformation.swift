/// What a Redis server answers to `INFO`: a name and a value on each line.
package struct ServerInformation {
    package let text: String

    package init(text: String) { self.text = text }

    /// The value of that name as a number; `nil` if the server does not tell it.
    package func number(_ name: String) -> Int64? {
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int64($0.dropFirst(name.count + 1)) }
    }
}

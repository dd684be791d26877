/// What an operation needs, out of the fields of an event.
extension EDNPairing {
    func kind(of event: EDNEvent) throws(ParseError) -> EDNEvent.Kind {
        guard let field = event.type else { throw Self.lacks(":type", event) }
        if let kind = types[field.atom] { return kind }
        throw Self.unknown(field, ":type", among: types.words)
    }

    func function(of event: EDNEvent) throws(ParseError) -> EDNEvent.Function {
        guard let field = event.function else { throw Self.lacks(":f", event) }
        if let function = functions[field.atom] { return function }
        if case .word(let text) = field.atom,
            [":txn", ":add", ":enqueue", ":dequeue"].contains(String(decoding: text, as: UTF8.self))
        {
            throw ParseError(
                offset: field.offset, subject: ":f", found: String(decoding: text, as: UTF8.self),
                expected: ":read, :write or :cas; the model is a register without other operations")
        }
        throw Self.unknown(field, ":f", among: functions.words)
    }

    func process(of event: EDNEvent) throws(ParseError) -> Int32 {
        guard let field = event.process else { throw Self.lacks(":process", event) }
        if case .integer(let number, _) = field.atom, (0...Int64(Int32.max)).contains(number) { return Int32(number) }
        throw ParseError(
            offset: field.offset, subject: ":process", found: field.atom.text,
            expected: "a whole number from 0 to \(Int32.max), or :nemesis")
    }

    mutating func moment(of event: EDNEvent) throws(ParseError) -> Int64 {
        events += 1
        let clock = self.clock ?? (event.time != nil ? .time : event.index != nil ? .index : .order)
        self.clock = clock
        if clock == .order && (event.time ?? event.index) == nil { return events }
        guard clock != .order, let field = clock == .time ? event.time : event.index else {
            throw ParseError(
                offset: event.offset, subject: clock.rawValue,
                found: clock == .order ? "a moment" : "an event without it",
                expected: "the same as in the first event: all have :time, or all :index, or none has any")
        }
        if case .integer(let number, _) = field.atom, OperationRules.starts.contains(number) { return number }
        throw ParseError(
            offset: field.offset, subject: clock.rawValue, found: field.atom.text,
            expected: clock == .time ? "whole nanoseconds, of 64 bits" : "a whole number of 64 bits")
    }

    /// The value of an event whose function is known.
    mutating func value(
        of event: EDNEvent, _ function: EDNEvent.Function, _ names: inout HistoryNames
    ) throws(ParseError) -> EDNRegisterValue {
        guard let field = event.value else { return EDNRegisterValue(content: .missing) }
        switch field.form {
        case .atom(let atom):
            if let content = atom.content { return EDNRegisterValue(content: content) }
        case .tuple(let expected, let new) where function == .cas:
            if let content = expected.comparison(with: new) { return EDNRegisterValue(content: content) }
            // [key nil], as an operation that was given up has.
            if case .null = new {
                return EDNRegisterValue(key: try number(ofKey: expected, &names, field.offset), content: .null)
            }
        case .tuple(let key, let value):
            if let content = value.content {
                return EDNRegisterValue(key: try number(ofKey: key, &names, field.offset), content: content)
            }
        case .keyedTuple(let key, let expected, let new):
            if function == .cas, let content = expected.comparison(with: new) {
                return EDNRegisterValue(key: try number(ofKey: key, &names, field.offset), content: content)
            }
        }
        let one = function == .cas ? "a vector [expected new] of whole numbers" : "a whole number of 64 bits, nil"
        throw ParseError(
            offset: field.offset, subject: ":value", found: field.form.text,
            expected: "\(one), or a tuple [key value] of a key and one of these")
    }

    private mutating func number(
        ofKey form: EDNAtom, _ names: inout HistoryNames, _ offset: Int
    ) throws(ParseError) -> Int32 {
        do throws(HistoryNames.Problem) {
            switch form {
            case .word(let text) where text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8): break
            case .integer(_, let text), .word(let text), .string(let text, hasEscapes: false):
                return try names.number(ofKey: HashedText(text))
            default: break
            }
        } catch {
            throw error.parseError(at: offset, subject: ":value")
        }
        guard case .string(let text, _) = form else {
            throw ParseError(
                offset: offset, subject: ":value", found: "the key \(form.text)", expected: "a number, word or string")
        }
        var cursor = LineCursor(first: text.baseAddress!, end: text.baseAddress! + text.count)
        do throws(ParseError) {
            try cursor.escapedString(":value", into: &unescaped)
        } catch {
            var moved = error
            moved.offset = offset
            throw moved
        }
        do throws(HistoryNames.Problem) {
            return try unescaped.withUnsafeBufferPointer { bytes throws(HistoryNames.Problem) in
                try names.number(ofKey: HashedText(bytes))
            }
        } catch {
            throw error.parseError(at: offset, subject: ":value")
        }
    }

    mutating func onlyKey(_ names: inout HistoryNames, _ event: EDNEvent) throws(ParseError) -> Int32 {
        if let numberOfOnlyKey { return numberOfOnlyKey }
        do throws(HistoryNames.Problem) {
            let number = try Array(Self.onlyKey.utf8).withUnsafeBufferPointer { bytes throws(HistoryNames.Problem) in
                try names.number(ofKey: HashedText(bytes))
            }
            numberOfOnlyKey = number
            return number
        } catch {
            throw error.parseError(at: event.offset, subject: ":value")
        }
    }

    private static func lacks(_ name: String, _ event: EDNEvent) -> ParseError {
        ParseError(offset: event.offset, subject: name, found: "an event without it", expected: name)
    }

    private static func unknown(_ field: EDNEvent.Field, _ subject: String, among words: [String]) -> ParseError {
        ParseError(unknown: field.atom.text, at: field.offset, subject: subject, among: words)
    }
}

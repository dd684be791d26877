import Testing

@testable import History

@Suite("EDN in pieces")
struct EDNScannerTests {
    private static let text = #"""
        ; comment
        [#_ discarded #jepsen.history.Op{:index 0, :type :invoke, :f :write, :value #t [:k 12], :process 10}
         #_ {:a [1 #{2}]} {:index 1, :type :ok, :f :write, :value [:k 12], :process 10, "s\"\\" (\space \a ##Inf nil)}
         {:index 2 :type :invoke :f :read :value ["k\u00e9 é" nil] :process 3}#_#_ a b
         {:index 3 :type :info :f :read :value ["k\u00e9 é" nil] :process 3 :error #inst "2020-01-01"}] ; the end
        """#

    @Test("Wherever the text is cut, what is there is read and the rest is waited for")
    func everyPrefix() {
        let bytes = Array(Self.text.utf8)
        for count in 0...bytes.count {
            var reader = PieceReader()
            let consumed = reader.read(bytes[..<count], isComplete: false)
            #expect(reader.state == .waiting, "after \(count) bytes")
            _ = reader.read(bytes[consumed...], isComplete: true)
            #expect(reader.state == .finished, "after \(count) bytes")
            #expect(reader.operations == 2, "after \(count) bytes")
        }
    }

    @Test("A file that ends inside the history is malformed, wherever it ends")
    func everyCut() throws {
        let bytes = Array(Self.text.utf8)
        let opening = try #require(bytes.firstIndex(of: ASCII.openingBracket))
        let closing = try #require(bytes.lastIndex(of: ASCII.closingBracket))
        for count in opening + 1...closing {
            var reader = PieceReader()
            _ = reader.read(bytes[..<count], isComplete: true)
            #expect(reader.state == .malformed, "after \(count) bytes")
        }
    }
}

private struct PieceReader {
    enum State {
        case waiting
        case finished
        case malformed
    }

    private var parser = EDNParser()
    private var names = HistoryNames()
    private(set) var operations = 0
    private(set) var state = State.waiting

    /// - Returns: how many bytes are done with.
    mutating func read(_ bytes: ArraySlice<UInt8>, isComplete: Bool) -> Int {
        // As a window of the input has it: a newline after the text, and more memory after that.
        let memory = Array(bytes) + [ASCII.newline] + [UInt8](repeating: 0, count: 32)
        return memory.withUnsafeBufferPointer { memory in
            let window = UnsafeBufferPointer(rebasing: memory[..<bytes.count])
            var scanner = EDNScanner(window, isComplete: isComplete)
            state = stepThrough(&scanner)
            return scanner.offset
        }
    }

    private mutating func stepThrough(_ scanner: inout EDNScanner) -> State {
        while true {
            do throws(EDNInterruption) {
                switch try parser.step(&scanner, &names, line: { _ in 1 }) {
                case .operation: operations += 1
                case .end: return .finished
                case .blank, .nothing, .nemesis: break
                }
            } catch {
                if case .needsMore = error { return .waiting }
                return .malformed
            }
        }
    }
}

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
            #expect(Self.read(bytes, upTo: count, isComplete: false) == nil, "after \(count) bytes")
        }
        #expect(Self.read(bytes, upTo: bytes.count, isComplete: true) == 2)
    }

    @Test("A file that ends inside the history is malformed, wherever it ends")
    func everyCut() throws {
        let bytes = Array(Self.text.utf8)
        let opening = try #require(bytes.firstIndex(of: ASCII.openingBracket))
        let closing = try #require(bytes.lastIndex(of: ASCII.closingBracket))
        for count in opening + 1...closing {
            #expect(Self.read(bytes, upTo: count, isComplete: true) == -1, "after \(count) bytes")
        }
    }

    /// The number of operations; `nil` if more is waited for, -1 if the text is malformed.
    private static func read(_ bytes: [UInt8], upTo count: Int, isComplete: Bool) -> Int? {
        // As a window of the input has it: a newline after the text, and more memory after that.
        let memory = Array(bytes[..<count]) + [ASCII.newline] + [UInt8](repeating: 0, count: 32)
        var parser = EDNParser()
        var names = HistoryNames()
        return memory.withUnsafeBufferPointer { memory in
            var scanner = EDNScanner(UnsafeBufferPointer(rebasing: memory[..<count]), isComplete: isComplete)
            var operations = 0
            while true {
                do throws(EDNInterruption) {
                    switch try parser.step(&scanner, &names, line: { _ in 1 }) {
                    case .operation: operations += 1
                    case .end: return operations
                    case .blank, .nothing, .nemesis: break
                    }
                } catch {
                    if case .needsMore = error { return nil }
                    return -1
                }
            }
        }
    }
}

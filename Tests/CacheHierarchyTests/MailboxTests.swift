import Support
import Testing

@Suite("A mailbox")
struct MailboxTests {
    @Test(
        "Its messages are taken in the order in which they were put, also by a reader that is faster",
        .timeLimit(.minutes(10)))
    func order() async {
        let mailbox = Mailbox<Int>()
        let reader = Task {
            var taken: [Int] = []
            while let message = await mailbox.take() { taken.append(message) }
            return taken
        }
        for number in 0..<10_000 {
            mailbox.put(number)
            if number % 100 == 0 { await Task.yield() }
        }
        mailbox.close()
        #expect(await reader.value == Array(0..<10_000))
    }

    @Test("What is there can be taken after it was closed, and nothing is added any more", .timeLimit(.minutes(10)))
    func closing() async {
        let mailbox = Mailbox<String>()
        mailbox.put("first")
        mailbox.put("second")
        mailbox.close()
        mailbox.put("too late")
        #expect(await mailbox.take() == "first")
        #expect(await mailbox.take() == "second")
        #expect(await mailbox.take() == nil)
        #expect(await mailbox.take() == nil)
    }

    @Test("It says whether a message waits", .timeLimit(.minutes(10)))
    func holding() async {
        let mailbox = Mailbox<Int>()
        #expect(!mailbox.holdsMessages)
        mailbox.put(1)
        mailbox.put(2)
        _ = await mailbox.take()
        #expect(mailbox.holdsMessages)
        _ = await mailbox.take()
        #expect(!mailbox.holdsMessages)
    }

    @Test("Closing it ends the wait of its reader", .timeLimit(.minutes(10)))
    func waiting() async {
        let mailbox = Mailbox<Int>()
        async let taken = mailbox.take()
        mailbox.close()
        #expect(await taken == nil)
    }
}

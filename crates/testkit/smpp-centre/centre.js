// An SMPP centre for tests: the protocol is npm's `smpp`, not ours. It takes whatever a bound client submits, tells each
// message as a line of JSON on its standard output, and does what the lines on its standard input say:
//
//   reports STATE       every message from now on is reported as DELIVRD, UNDELIV, EXPIRED …; `reports none` reports nothing
//   report ID STATE     this message is reported now
//   answers STATUS      the next message is answered with this number instead of being taken
//   hangs-up            every connection is closed
//
// It ends with its standard input.
import { createInterface } from 'node:readline'
import smpp from 'smpp'

const [port, user, password] = process.argv.slice(2)
const sessions = new Set()
const senders = new Map()
let state = 'none'
let status = 0
let taken = 0

const tell = (event) => process.stdout.write(JSON.stringify(event) + '\n')

function report(id, stat) {
  const { session, pdu } = senders.get(id)
  // Where the client has come back, its new connection gets the report.
  const alive = sessions.has(session) ? session : [...sessions].find((other) => other.bound)
  alive?.deliver_sm({
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611250400 done date:2611250401 stat:${stat} err:000 text:`,
    receipted_message_id: id,
  })
}

const server = smpp.createServer({}, (session) => {
  sessions.add(session)
  session.on('error', () => sessions.delete(session))
  session.on('close', () => sessions.delete(session))
  session.on('enquire_link', (pdu) => session.send(pdu.response()))
  session.on('unbind', (pdu) => {
    session.send(pdu.response())
    session.close()
  })
  session.on('bind_transceiver', (pdu) => {
    if (pdu.system_id !== user || pdu.password !== password) {
      session.send(pdu.response({ command_status: smpp.ESME_RBINDFAIL }))
      return session.close()
    }
    session.bound = true
    session.send(pdu.response({ system_id: 'centre' }))
    tell({ event: 'bound' })
  })
  session.on('submit_sm', (pdu) => {
    if (status) {
      session.send(pdu.response({ command_status: status }))
      status = 0
      return
    }
    const id = `m-${++taken}-${process.pid}`
    senders.set(id, { session, pdu })
    session.send(pdu.response({ message_id: id }))
    const body = pdu.message_payload ?? pdu.short_message
    tell({
      event: 'message',
      id,
      to: pdu.destination_addr,
      from: pdu.source_addr,
      text: body.message,
      data_coding: pdu.data_coding,
      esm_class: pdu.esm_class,
      registered_delivery: pdu.registered_delivery,
    })
    if (state !== 'none') report(id, state)
  })
})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, first, second] = line.split(' ')
    if (word === 'reports') state = first
    if (word === 'report') report(first, second)
    if (word === 'answers') status = Number(first)
    if (word === 'hangs-up') sessions.forEach((session) => session.destroy())
  })
  .on('close', () => process.exit(0))

server.listen(Number(port), '127.0.0.1', () => tell({ event: 'listening', port: server.address().port }))

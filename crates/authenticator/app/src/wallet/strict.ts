// The page's policy forbids making code of text. The library that reads messages would try whether it may; it is told not to, before
// anything that uses it is loaded: this file is imported before all others, and imports nothing else.
import { config } from 'zod'

config({ jitless: true })

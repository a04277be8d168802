// How the wallet and the rest of the app share the screen.

/** Taking or showing something: nothing interrupts it, and whoever unlocks the app again finds it where it was. */
export interface Errand {
  /** Shows the next step, unless the person has gone elsewhere; behind the lock, once that is open. */
  lead: (step: () => unknown) => void
}

export interface WalletWays {
  home: () => unknown
  begin: () => Errand
  /** Looking at what is there, which a request may interrupt. Answers whether anything may be shown. */
  browse: () => boolean
  scan: () => unknown
}

// The camera, until it has seen a QR code.

export type Problem = 'denied' | 'none'

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>
}
declare const BarcodeDetector: { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> } | undefined

const EVERY_MS = 200
/** A QR code of ours is readable in a picture of this width. */
const WIDEST = 640

async function detector(): Promise<Detector | null> {
  if (typeof BarcodeDetector === 'undefined') return null
  const formats = await BarcodeDetector.getSupportedFormats().catch((): string[] => [])
  return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null
}

/** Shows the camera in `video` until it sees a QR code; `stop` ends it. */
export async function scan(video: HTMLVideoElement, seen: (text: string) => void, stop: AbortSignal): Promise<Problem | null> {
  if (!navigator.mediaDevices?.getUserMedia) return 'none'
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  } catch (why) {
    return why instanceof DOMException && why.name === 'NotAllowedError' ? 'denied' : 'none'
  }
  const end = () => stream.getTracks().forEach((track) => track.stop())
  if (stop.aborted) {
    end()
    return null
  }
  stop.addEventListener('abort', end)
  video.srcObject = stream
  await video.play().catch(() => undefined)
  const native = await detector()
  const canvas = document.createElement('canvas')
  const look = async () => {
    if (stop.aborted) return
    const text = await read(video, canvas, native)
    if (stop.aborted) return
    if (text) return seen(text)
    setTimeout(() => void look(), EVERY_MS)
  }
  void look()
  return null
}

async function read(video: HTMLVideoElement, canvas: HTMLCanvasElement, native: Detector | null): Promise<string | null> {
  if (!video.videoWidth) return null
  if (native) return (await native.detect(video).catch(() => []))[0]?.rawValue ?? null
  const scale = Math.min(1, WIDEST / video.videoWidth)
  canvas.width = video.videoWidth * scale
  canvas.height = video.videoHeight * scale
  const paper = canvas.getContext('2d', { willReadFrequently: true })
  if (!paper) return null
  paper.drawImage(video, 0, 0, canvas.width, canvas.height)
  const picture = paper.getImageData(0, 0, canvas.width, canvas.height)
  // Where the browser reads no QR codes itself, what does is fetched now.
  const { default: jsQR } = await import('jsqr')
  return jsQR(picture.data, picture.width, picture.height)?.data ?? null
}

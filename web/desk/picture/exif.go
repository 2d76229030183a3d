package picture

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a camera was held, as its EXIF says; 1 where it does not.
func orientation(raw []byte) int {
	// APP1 of a JPEG and the chunk of a WebP may begin with it, a PNG's chunk does not; then there is a TIFF header (EXIF 2.32 §4.5.2).
	var tiff []byte
	for _, find := range []func([]byte) []byte{inJPEG, inPNG, inWebP} {
		if tiff = find(raw); tiff != nil {
			break
		}
	}
	tiff = bytes.TrimPrefix(tiff, []byte("Exif\x00\x00"))
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	return tag(tiff, order, 0x0112, 1)
}

// tag is a SHORT of the first directory of a TIFF, or what is usual where there is none.
func tag(tiff []byte, order binary.ByteOrder, id uint16, usual int) int {
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return usual
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return usual
		}
		const short = 3
		if order.Uint16(tiff[entry:]) == id && order.Uint16(tiff[entry+2:]) == short {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return usual
}

// inJPEG finds the EXIF among the segments before the picture itself.
func inJPEG(raw []byte) []byte {
	if !bytes.HasPrefix(raw, []byte{0xff, 0xd8}) {
		return nil
	}
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff && raw[at+1] != 0xda; {
		size := int(binary.BigEndian.Uint16(raw[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(raw) {
			return nil
		}
		if content := raw[at+4 : end]; raw[at+1] == 0xe1 && bytes.HasPrefix(content, []byte("Exif\x00\x00")) {
			return content
		}
		at = end
	}
	return nil
}

// inPNG finds it among the chunks of a PNG.
func inPNG(raw []byte) []byte {
	const header = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(raw, []byte(header)) {
		return nil
	}
	return chunk(raw[len(header):], binary.BigEndian, 0, 4, 4, "eXIf")
}

// inWebP finds it among the chunks of a WebP.
func inWebP(raw []byte) []byte {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WEBP" {
		return nil
	}
	return chunk(raw[12:], binary.LittleEndian, 4, 0, 0, "EXIF")
}

// chunk finds one by its name in a row of them: sizeAt and nameAt are where the two stand in its header, behind is what follows its content. RIFF
// fills up to an even length.
func chunk(raw []byte, order binary.ByteOrder, sizeAt, nameAt, behind int, name string) []byte {
	const header = 8
	for len(raw) >= header {
		size := int64(order.Uint32(raw[sizeAt:]))
		if header+size > int64(len(raw)) {
			return nil
		}
		if string(raw[nameAt:nameAt+4]) == name {
			return raw[header : header+size]
		}
		next := header + size + int64(behind)
		if behind == 0 {
			next += size % 2
		}
		raw = raw[min(next, int64(len(raw))):]
	}
	return nil
}

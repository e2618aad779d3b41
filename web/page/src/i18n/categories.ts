// English words for the daemon's list of categories, which is data in Chinese.
export const categoryWords: Record<string, string> = {
  突发事件: 'Emergency',
  信息报送: 'Information report',
  预警信息: 'Warning',
  指示批示: 'Instruction',
  业务咨询: 'Enquiry',
  通知传达: 'Notice',
  其他: 'Other',
}
